terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

resource "aws_s3_bucket" "b" {
  bucket = "late"
}

data "aws_iam_policy_document" "d" {
  statement {
    sid       = "Late"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::late/*"]
  }
  depends_on = [aws_s3_bucket.b]
}

resource "aws_iam_policy" "p" {
  name   = "p"
  policy = data.aws_iam_policy_document.d.json
}
