terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "arn" {}

data "aws_iam_policy_document" "made" {
  statement {
    sid       = "Made"
    actions   = ["sqs:ReceiveMessage"]
    resources = [var.arn]
  }
}

output "json" {
  value = data.aws_iam_policy_document.made.json
}
