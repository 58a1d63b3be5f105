resource "aws_iam_group_policy" "g" {
  name  = "g"
  group = "g"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sqs:*", Resource = "*" }]
  })
}
