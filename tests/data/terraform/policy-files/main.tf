# Policies that are files: one each, decoded and encoded again, as YAML, by a module.
resource "aws_s3_bucket" "b" {
  bucket_prefix = "b-"
}

resource "aws_iam_policy" "each" {
  for_each = fileset(path.module, "policies/*.json")
  name     = trimsuffix(basename(each.value), ".json")
  policy   = file("${path.module}/${each.value}")
}

resource "aws_iam_policy" "templated" {
  for_each = fileset("${path.module}/templates", "*.tftpl")
  name     = each.key
  policy   = templatefile("${path.module}/templates/${each.key}", { bucket = aws_s3_bucket.b })
}

resource "aws_iam_policy" "decoded" {
  name = "decoded"
  policy = jsonencode(merge(
    jsondecode(file("policies/read.json")),
    { Id = aws_s3_bucket.b.id },
  ))
}

resource "aws_iam_policy" "yaml" {
  name = "yaml"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(yamldecode(file("${path.root}/policy.yaml")).statements, [{ Effect = "Allow", Action = "s3:ListBucket", Resource = aws_s3_bucket.b.arn }])
  })
}

module "files" {
  source = "./files"
  arn    = aws_s3_bucket.b.arn
}
