resource "aws_s3_bucket" "b" {
  bucket_prefix = "b-"
}

data "aws_iam_policy_document" "p" {
  statement {
    sid       = "Base"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.b.arn}/*"]
  }
}

resource "aws_iam_policy" "p" {
  name   = "p"
  policy = data.aws_iam_policy_document.p.json
}

resource "aws_iam_policy" "q" {
  name = "q"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = aws_s3_bucket.b.arn }]
  })
}

locals {
  actions = ["s3:ListBucket"]
}

resource "aws_iam_policy" "r" {
  name = "r"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = local.actions, Resource = aws_s3_bucket.b.arn }]
  })
}
