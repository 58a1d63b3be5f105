terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

data "aws_iam_policy" "read" {
  name = "ReadOnlyAccess"
}

resource "aws_iam_policy" "own" {
  name   = "own"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:ListBucket", Resource = "*" }] })
}

resource "aws_iam_role" "r" {
  name                 = "r"
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }] })
  managed_policy_arns  = ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]
  permissions_boundary = aws_iam_policy.own.arn
}

resource "aws_iam_role_policy_attachment" "each" {
  for_each   = toset(["AdministratorAccess", "PowerUserAccess"])
  role       = aws_iam_role.r.name
  policy_arn = "arn:aws:iam::aws:policy/${each.key}"
}

resource "aws_iam_role_policy_attachment" "own" {
  role       = aws_iam_role.r.name
  policy_arn = aws_iam_policy.own.arn
}

resource "aws_iam_role_policy_attachment" "data" {
  role       = aws_iam_role.r.name
  policy_arn = data.aws_iam_policy.read.arn
}
