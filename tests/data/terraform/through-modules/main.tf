terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

resource "aws_sqs_queue" "q" {
  name = "jobs"
}

data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.q.arn]
  }
}

module "documents" {
  source = "./documents"
  arn    = aws_sqs_queue.q.arn
}

module "policy" {
  source = "./policy"
  policy = data.aws_iam_policy_document.d.json
}

module "made" {
  source = "./policy"
  policy = module.documents.json
}
