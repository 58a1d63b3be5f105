variable "partner" {
  type = object({ account = string, external_id = string })
  default = {
    account     = "111122223333"
    external_id = "s3cr3t-partner"
  }
  sensitive = true
}

module "vault" {
  source = "./vault"
}

data "aws_secretsmanager_secret_version" "org" {
  secret_id = "org"
}

resource "aws_s3_bucket" "b" {
  bucket_prefix = "b-"
}

resource "aws_s3_bucket_policy" "known" {
  bucket = "fixed"
  policy = <<EOF
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::fixed/*",
     "Condition": {"StringEquals": {"aws:PrincipalOrgID": "${data.aws_secretsmanager_secret_version.org.secret_string}"}}}
  ]
}
EOF
}

resource "aws_s3_bucket_policy" "unknown" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${var.partner.account}:root" }
      Action    = "s3:GetObject"
      Resource  = "${aws_s3_bucket.b.arn}/${module.vault.prefix}/*"
    }]
  })
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${nonsensitive(var.partner.account)}:root", aws_iam_role.other.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.partner.external_id]
    }
  }
}

resource "aws_iam_role" "partner" {
  name               = "partner"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role" "other" {
  name = "other"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}
