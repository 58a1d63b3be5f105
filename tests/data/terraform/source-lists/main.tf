# The documents that are merged come from for expressions, maps, conditions and modules.
variable "audit" {
  default = true
}

locals {
  services = {
    queue = "sqs:SendMessage"
    topic = "sns:Publish"
  }
}

resource "aws_sqs_queue" "q" {
  name_prefix = "q-"
}

data "aws_iam_policy_document" "each" {
  for_each = local.services
  statement {
    sid       = title(each.key)
    actions   = [each.value]
    resources = [aws_sqs_queue.q.arn]
  }
}

data "aws_iam_policy_document" "audit" {
  count = var.audit ? 1 : 0
  statement {
    sid       = "Audit"
    actions   = ["cloudtrail:LookupEvents"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "all" {
  source_policy_documents = concat(
    [for name, document in data.aws_iam_policy_document.each : document.json],
    data.aws_iam_policy_document.audit[*].json,
  )
}

data "aws_iam_policy_document" "values" {
  source_policy_documents = values(data.aws_iam_policy_document.each)[*].json
}

resource "aws_iam_policy" "all" {
  name   = "all"
  policy = data.aws_iam_policy_document.all.json
}

resource "aws_iam_policy" "values" {
  name   = "values"
  policy = data.aws_iam_policy_document.values.json
}

resource "aws_iam_policy" "conditional" {
  name   = "conditional"
  policy = var.audit ? one(data.aws_iam_policy_document.audit[*].json) : data.aws_iam_policy_document.each["queue"].json
}

resource "aws_iam_policy" "keyed" {
  for_each = local.services
  name     = each.key
  policy   = data.aws_iam_policy_document.each[each.key].json
}
