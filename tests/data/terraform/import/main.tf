terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

import {
  to = aws_iam_policy.same
  id = "same"
}

import {
  to = aws_iam_policy.wider
  id = "wider"
}

resource "aws_iam_policy" "same" {
  name   = "same"
  policy = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}]}"
}

resource "aws_iam_policy" "wider" {
  name = "wider"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject"], Resource = "*" }]
  })
}
