import {
  to = aws_iam_policy.wider_than_remote
  id = "imported"
}

resource "aws_iam_policy" "wider_than_remote" {
  name = "imported"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject"], Resource = "*" }]
  })
}

import {
  for_each = toset(["logs"])
  to       = aws_s3_bucket_policy.as_remote[each.key]
  id       = each.key
}

resource "aws_s3_bucket_policy" "as_remote" {
  for_each = toset(["logs"])
  bucket   = each.key
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Principal = "*", Action = "s3:*", Resource = "arn:aws:s3:::logs/*", Condition = { Bool = { "aws:SecureTransport" = "false" } } }]
  })
}
