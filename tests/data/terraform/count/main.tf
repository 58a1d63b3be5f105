variable "actions" {
  default = ["s3:GetObject", "s3:PutObject", "s3:*"]
}

variable "break_glass" {
  default = false
}

resource "aws_s3_bucket" "b" {
  count  = length(var.actions)
  bucket = "b-${count.index}"
}

resource "aws_iam_policy" "known" {
  count = length(var.actions)
  name  = "known-${count.index}"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = var.actions[count.index], Resource = "arn:aws:s3:::b-${count.index}/*" }]
  })
}

resource "aws_s3_bucket_policy" "unknown" {
  count  = length(var.actions)
  bucket = aws_s3_bucket.b[count.index].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = "*"
        Action    = element(var.actions, count.index)
        Resource  = "${aws_s3_bucket.b[count.index].arn}/*"
      },
    ]
  })
}

data "aws_iam_policy_document" "each" {
  count = 2
  statement {
    actions   = [var.actions[count.index]]
    resources = [aws_s3_bucket.b[count.index].arn]
  }
}

resource "aws_iam_group_policy" "each" {
  count  = 2
  name   = "each"
  group  = "group-${count.index}"
  policy = data.aws_iam_policy_document.each[count.index].json
}

resource "aws_iam_policy" "swapped" {
  name   = "swapped"
  policy = data.aws_iam_policy_document.each[1].json
}

resource "aws_iam_policy" "break_glass" {
  count = var.break_glass ? 1 : 0
  name  = "break-glass"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
  })
}
