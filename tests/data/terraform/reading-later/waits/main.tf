data "aws_partition" "p" {}

data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:ListBucket"]
    resources = ["arn:${data.aws_partition.p.partition}:s3:::fixed"]
  }
}

output "json" {
  value = data.aws_iam_policy_document.this.json
}
