variable "limit" {
  default = 1
}

resource "aws_iam_policy" "planned" {
  name = "planned"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }]
  })
}

resource "aws_iam_policy" "failed" {
  name = "failed"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
  })

  lifecycle {
    precondition {
      condition     = var.limit > 1
      error_message = "The limit is too low."
    }
  }
}
