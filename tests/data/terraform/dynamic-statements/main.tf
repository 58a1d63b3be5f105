terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

variable "rules" {
  type = list(object({ actions = list(string), effect = optional(string, "Allow") }))
  default = [
    { actions = ["s3:GetObject"] },
    { actions = ["s3:DeleteObject"], effect = "Deny" },
  ]
}

resource "aws_s3_bucket" "b" {
  bucket_prefix = "data-"
}

data "aws_iam_policy_document" "d" {
  dynamic "statement" {
    for_each = var.rules
    iterator = rule
    content {
      sid       = "Rule${rule.key}"
      effect    = rule.value.effect
      actions   = rule.value.actions
      resources = ["${aws_s3_bucket.b.arn}/*", aws_s3_bucket.b.arn]

      dynamic "condition" {
        for_each = rule.value.effect == "Deny" ? [1] : []
        content {
          test     = "Bool"
          variable = "aws:SecureTransport"
          values   = ["false"]
        }
      }
    }
  }

  statement {
    sid       = "Last"
    actions   = ["s3:ListAllMyBuckets"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "p" {
  name   = "p"
  policy = data.aws_iam_policy_document.d.json
}
