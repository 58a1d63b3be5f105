terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

resource "aws_kms_key" "k" {}

data "aws_iam_policy_document" "d" {
  statement {
    sid       = "Fixed"
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = split(",", aws_kms_key.k.arn)
    content {
      actions   = ["ec2:DescribeNetworkInterfaces"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_policy" "p" {
  name   = "p"
  policy = data.aws_iam_policy_document.d.json
}
