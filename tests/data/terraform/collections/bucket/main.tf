variable "prefix" {
  type = string
}

resource "aws_s3_bucket" "this" {
  bucket_prefix = "${replace(var.prefix, ".", "-")}-"
}

output "arn" {
  value = aws_s3_bucket.this.arn
}

output "all" {
  value = aws_s3_bucket.this
}
