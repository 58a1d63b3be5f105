variable "team" {
  type = string
}

variable "actions" {
  type = list(string)
}

resource "aws_s3_bucket" "home" {
  bucket_prefix = "home-"
}

module "access" {
  source = "./access"
  count  = 2

  name       = "${replace(var.team, "/[^a-z]/", "-")}-${count.index}"
  actions    = count.index == 0 ? var.actions : ["s3:ListBucket"]
  bucket_arn = aws_s3_bucket.home.arn
}

resource "aws_iam_policy" "known" {
  name = "known-${replace(var.team, "/[^a-z]/", "-")}"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = {
      Effect   = "Allow"
      Action   = var.actions
      Resource = "arn:aws:s3:::shared/*"
    }
  })
}
