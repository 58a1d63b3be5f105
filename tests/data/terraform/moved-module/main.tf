moved {
  from = aws_iam_policy.old
  to   = aws_iam_policy.new["a.b"]
}

moved {
  from = aws_iam_policy.wider
  to   = aws_iam_policy.renamed
}

moved {
  from = module.old
  to   = module.new[0]
}

resource "aws_iam_policy" "new" {
  for_each = toset(["a.b"])
  name     = "same"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }]
  })
}

resource "aws_iam_policy" "renamed" {
  name = "wider"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }]
  })
}

module "new" {
  source = "./access"
  count  = 1
}
