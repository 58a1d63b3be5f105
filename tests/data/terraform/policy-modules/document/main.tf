variable "bucket_arn" {}

variable "mode" {
  default = "read"
}

locals {
  actions = {
    read  = ["s3:GetObject"]
    write = ["s3:PutObject", "s3:DeleteObject"]
  }
}

data "aws_iam_policy_document" "this" {
  statement {
    sid       = title(var.mode)
    actions   = local.actions[var.mode]
    resources = ["${var.bucket_arn}/${var.mode}/*"]
  }
}

output "json" {
  value = data.aws_iam_policy_document.this.json
}

output "statement" {
  value = {
    Effect   = "Allow"
    Action   = local.actions[var.mode]
    Resource = var.bucket_arn
  }
}
