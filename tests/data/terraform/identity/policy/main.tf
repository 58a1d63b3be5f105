variable "policy" {}

resource "aws_iam_policy" "this" {
  name   = "module"
  policy = var.policy
}
