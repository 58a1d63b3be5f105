resource "aws_iam_policy" "renamed" {
  name = "after"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject"], Resource = "*" }]
  })

  lifecycle {
    create_before_destroy = true
  }
}

# The bucket is replaced: what was known of it is unknown again.
resource "aws_s3_bucket" "b" {
  bucket = "after"
}

resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "${aws_s3_bucket.b.arn}/*" }]
  })
}
