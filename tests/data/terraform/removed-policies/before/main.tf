resource "aws_iam_policy" "forgotten" {
  name = "forgotten"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }]
  })
}

resource "aws_s3_bucket_policy" "destroyed" {
  bucket = "logs"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Principal = "*", Action = "s3:DeleteObject", Resource = "arn:aws:s3:::logs/*" }]
  })
}

resource "aws_lambda_permission" "forgotten" {
  statement_id  = "AllowS3"
  action        = "lambda:InvokeFunction"
  function_name = "resize"
  principal     = "s3.amazonaws.com"
  source_arn    = "arn:aws:s3:::logs"
}

resource "aws_iam_policy" "kept" {
  name = "kept"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:ListBucket", Resource = "*" }]
  })
}
