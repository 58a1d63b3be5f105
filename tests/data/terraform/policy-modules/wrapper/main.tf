variable "documents" {
  type = list(string)
}

data "aws_iam_policy_document" "merged" {
  source_policy_documents = var.documents
}

module "inner" {
  source = "../policy"
  name   = "wrapped"
  policy = data.aws_iam_policy_document.merged.json
}
