variable "arn" {}

resource "aws_iam_policy" "this" {
  name   = "module"
  policy = templatefile("${path.module}/policy.tftpl", { arn = var.arn })
}
