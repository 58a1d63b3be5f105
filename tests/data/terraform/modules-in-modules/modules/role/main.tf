terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "prefix" { type = string }
variable "actions" { type = list(string) }

resource "aws_sqs_queue" "q" {
  name = "${var.prefix}-queue"
}

resource "aws_iam_role_policy" "p" {
  name = "p"
  role = "r"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = var.actions, Resource = "*" },
      { Effect = "Allow", Action = "sqs:*", Resource = aws_sqs_queue.q.arn },
    ]
  })
}
