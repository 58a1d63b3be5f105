removed {
  from = aws_iam_policy.forgotten
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lambda_permission.forgotten
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_s3_bucket_policy.destroyed
  lifecycle {
    destroy = true
  }
}

resource "aws_iam_policy" "kept" {
  name = "kept"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:ListBucket", Resource = "*" }]
  })
}
