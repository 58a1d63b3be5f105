variable "trusted" {
  type    = list(string)
  default = ["arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:role/*"]
}

resource "aws_iam_role" "reader" {
  name = "reader"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = var.trusted, Service = ["ec2.amazonaws.com", "lambda.amazonaws.com"] }
      Action    = ["sts:AssumeRole", "sts:TagSession"]
    }]
  })
}

resource "aws_cloudfront_origin_access_identity" "cdn" {}

resource "aws_s3_bucket" "site" {
  bucket = "site"
}

data "aws_iam_policy_document" "site" {
  statement {
    sid       = "Cdn"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.site.arn}/*"]
    principals {
      type        = "AWS"
      identifiers = [aws_cloudfront_origin_access_identity.cdn.iam_arn, aws_iam_role.reader.arn]
    }
    principals {
      type        = "Service"
      identifiers = ["logging.s3.amazonaws.com"]
    }
  }

  statement {
    sid         = "NotFromOutside"
    effect      = "Deny"
    not_actions = ["s3:GetObject", "s3:ListBucket"]
    resources   = [aws_s3_bucket.site.arn]
    not_principals {
      type        = "AWS"
      identifiers = [aws_iam_role.reader.arn]
    }
  }

  statement {
    sid           = "Tls"
    effect        = "Deny"
    actions       = ["s3:*"]
    not_resources = ["${aws_s3_bucket.site.arn}/public/&{aws:username}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
    condition {
      test     = "StringNotEquals"
      variable = "aws:PrincipalTag/&{aws:username}"
      values   = ["a", "b"]
    }
    condition {
      test     = "ArnNotLike"
      variable = "aws:PrincipalArn"
      values   = [aws_iam_role.reader.arn]
    }
  }
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = data.aws_iam_policy_document.site.json
}

resource "aws_iam_role" "federated" {
  name = "federated"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = aws_iam_openid_connect_provider.github.arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringLike = {
          "${aws_iam_openid_connect_provider.github.url}:sub" = "repo:acme/*"
        }
      }
    }]
  })
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_kms_key" "open" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = aws_iam_role.reader.unique_id }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}
