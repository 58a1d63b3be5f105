# What the data source takes: sets with equal items, empty lists, blocks that repeat themselves.
resource "aws_iam_role" "new" {
  for_each = toset(["one", "two"])
  name     = each.key
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_sqs_queue" "q" {
  name_prefix = "q-"
}

variable "partners" {
  default = { acme = ["111122223333"], zeta = ["444455556666", "777788889999"] }
}

variable "vpcs" {
  default = []
}

data "aws_iam_policy_document" "principals" {
  policy_id = "edges"
  version   = "2012-10-17"

  statement {
    sid       = "Mixed"
    actions   = ["sqs:SendMessage", "sqs:SendMessage", "sqs:ReceiveMessage"]
    resources = [aws_sqs_queue.q.arn, aws_sqs_queue.q.arn]

    # Listed against the order of the plan, and with as many unknown items as the others have.
    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.new["one"].arn]
    }
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceVpc"
      values   = concat(var.vpcs, ["vpc-1"])
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalArn"
      values   = [aws_iam_role.new["two"].arn]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_iam_role.new["one"].arn]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceVpc"
      values   = ["vpc-2"]
    }
  }

  dynamic "statement" {
    for_each = var.partners
    iterator = partner
    content {
      sid       = "Partner${title(partner.key)}"
      actions   = ["sqs:SendMessage"]
      resources = [aws_sqs_queue.q.arn]

      dynamic "principals" {
        for_each = toset(partner.value)
        content {
          type        = "AWS"
          identifiers = ["arn:aws:iam::${principals.value}:root", aws_iam_role.new["one"].arn]
        }
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.vpcs) == 0 ? [] : [1]
    content {
      effect    = "Deny"
      actions   = ["*"]
      resources = ["*"]
      principals {
        type        = "*"
        identifiers = ["*"]
      }
    }
  }
}

resource "aws_sqs_queue_policy" "q" {
  queue_url = aws_sqs_queue.q.url
  policy    = data.aws_iam_policy_document.principals.json
}

data "aws_iam_policy_document" "empty_lists" {
  source_policy_documents   = []
  override_policy_documents = compact(["", null, data.aws_iam_policy_document.other.json])

  statement {
    sid           = ""
    effect        = null
    actions       = setunion(["s3:GetObject"], toset(["s3:PutObject"]))
    not_actions   = []
    resources     = distinct(["arn:aws:s3:::a", "arn:aws:s3:::a", aws_sqs_queue.q.arn])
    not_resources = []
  }
}

data "aws_iam_policy_document" "other" {
  statement {
    sid       = "Late${aws_sqs_queue.q.kms_data_key_reuse_period_seconds}"
    effect    = aws_sqs_queue.q.sqs_managed_sse_enabled ? "Allow" : "Deny"
    actions   = ["sqs:*"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "empty_lists" {
  name   = "empty-lists"
  policy = data.aws_iam_policy_document.empty_lists.json
}
