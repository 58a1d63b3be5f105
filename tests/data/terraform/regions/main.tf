terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "region" {
  default = "eu-west-1"
}

provider "aws" {
  region = var.region
}

provider "aws" {
  alias  = "china"
  region = "cn-north-1"
}

resource "aws_sqs_queue" "here" {
  name = "here"
}

resource "aws_sqs_queue" "there" {
  provider = aws.china
  name     = "there"
}

resource "aws_iam_policy" "p" {
  name = "p"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sqs:*", Resource = [aws_sqs_queue.here.arn, aws_sqs_queue.there.arn] }]
  })
}
