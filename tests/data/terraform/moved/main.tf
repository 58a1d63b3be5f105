terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

moved {
  from = aws_iam_policy.old
  to   = aws_iam_policy.new
}

moved {
  from = aws_iam_policy.counted[0]
  to   = aws_iam_policy.named["x.y"]
}

resource "aws_iam_policy" "new" {
  name   = "kept"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:ListBucket", Resource = "*" }] })
}

resource "aws_iam_policy" "named" {
  for_each = toset(["x.y"])
  name     = "counted"
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}
