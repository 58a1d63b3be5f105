resource "aws_s3_bucket" "logs" {
  bucket = "logs"
}

resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

# A statement that denies goes away, the policy stays.
resource "aws_iam_policy" "narrowed" {
  name = "narrowed"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "All", Effect = "Allow", Action = "s3:*", Resource = "*" },
    ]
  })
}

resource "aws_kms_key" "key" {
}
