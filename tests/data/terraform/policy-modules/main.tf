# A policy on its way through modules: handed in as text, as an object, as a list of documents.
resource "aws_s3_bucket" "b" {
  bucket_prefix = "b-"
}

data "aws_iam_policy_document" "root" {
  statement {
    sid       = "FromRoot"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.b.arn}/*"]
  }
}

module "document" {
  source   = "./document"
  for_each = { r = "read", "w.x" = "write" }

  bucket_arn = aws_s3_bucket.b.arn
  mode       = each.value
}

module "attached" {
  source = "./policy"
  name   = "from-data"
  policy = data.aws_iam_policy_document.root.json
}

module "from_module" {
  source = "./policy"
  name   = "from-module"
  policy = module.document["w.x"].json
}

module "from_object" {
  source = "./policy"
  name   = "from-object"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [module.document["r"].statement]
  })
}

module "wrapped" {
  source    = "./wrapper"
  documents = [data.aws_iam_policy_document.root.json, module.document["r"].json]
}
