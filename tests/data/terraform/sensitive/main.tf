terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

variable "external_id" {
  type      = string
  sensitive = true
  default   = "hunter2-external"
}

module "secret" {
  source = "./secret"
}

resource "aws_iam_role" "heredoc" {
  name               = "heredoc"
  assume_role_policy = <<-EOF
    {
      "Version": "2012-10-17",
      "Statement": [{
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "${var.external_id}"}}
      }]
    }
  EOF
}

data "aws_iam_policy_document" "condition" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root"]
    }
    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.external_id]
    }
  }
}

resource "aws_iam_role" "document" {
  name               = "document"
  assume_role_policy = data.aws_iam_policy_document.condition.json
}

resource "aws_iam_policy" "output" {
  name   = "output"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::${module.secret.name}/*" }] })
}

resource "aws_iam_policy" "whole" {
  name   = "whole"
  policy = sensitive(jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "hunter2Sid", Effect = "Allow", Action = "*", Resource = "*" }] }))
}
