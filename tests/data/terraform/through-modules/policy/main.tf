terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "policy" { type = string }

resource "aws_iam_policy" "this" {
  name_prefix = "made-"
  policy      = var.policy
}
