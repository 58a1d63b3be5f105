terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

resource "aws_kms_key" "k" {}

data "aws_iam_policy_document" "base" {
  statement {
    sid       = "One"
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
  statement {
    actions   = ["s3:ListBucket"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "later" {
  statement {
    sid       = "Two"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.k.arn]
  }
  statement {
    sid       = "One"
    effect    = "Deny"
    actions   = ["s3:DeleteObject"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "known" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
  statement {
    sid       = "Own"
    actions   = ["sqs:SendMessage"]
    resources = ["*"]
  }
  override_policy_documents = [jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Own", Effect = "Allow", Action = "sqs:*", Resource = "*" }] })]
}

data "aws_iam_policy_document" "deferred" {
  source_policy_documents   = [data.aws_iam_policy_document.base.json]
  override_policy_documents = [data.aws_iam_policy_document.later.json]
}

resource "aws_iam_policy" "known" {
  name   = "known"
  policy = data.aws_iam_policy_document.known.json
}

resource "aws_iam_policy" "deferred" {
  name   = "deferred"
  policy = data.aws_iam_policy_document.deferred.json
}
