# Blocks of an override replace all blocks of their type.
data "aws_iam_policy_document" "p" {
  statement {
    sid       = "Overridden"
    actions   = ["s3:*"]
    resources = ["${aws_s3_bucket.b.arn}/*"]
  }
  statement {
    sid       = "More"
    actions   = ["sqs:*"]
    resources = ["*"]
  }
}

locals {
  actions = ["s3:*"]
}
