terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

variable "environment" {
  type    = string
  default = "prod"
}

variable "extra" {
  type    = map(list(string))
  default = { sqs = ["sqs:SendMessage"], sns = ["sns:Publish"] }
}

data "aws_caller_identity" "me" {}

resource "aws_dynamodb_table" "t" {
  for_each = toset(["users", "orders"])
  name     = "${var.environment}-${each.key}"
  hash_key = "id"
}

locals {
  tables = [for key, table in aws_dynamodb_table.t : table.arn]
  base = {
    Effect = "Allow"
  }
  statements = concat(
    [merge(local.base, { Sid = "Tables", Action = ["dynamodb:*"], Resource = local.tables })],
    [for service, actions in var.extra : merge(local.base, { Sid = title(service), Action = actions, Resource = "*" })],
    var.environment == "prod" ? [] : [{ Effect = "Allow", Action = "*", Resource = "*" }],
  )
}

resource "aws_iam_policy" "p" {
  name = "p"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.statements
  })
}

resource "aws_iam_policy" "indexed" {
  name = "indexed"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "dynamodb:GetItem"
      Resource = [format("%s/index/*", aws_dynamodb_table.t["users"].arn), "arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/x"]
    }]
  })
}
