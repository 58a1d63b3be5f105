variable "buckets" {
  type = map(object({ actions = list(string), prefixes = optional(list(string), []) }))
  default = {
    "logs.prod" = { actions = ["s3:GetObject"], prefixes = ["a/", "b/"] }
    data        = { actions = ["s3:PutObject", "s3:GetObject"] }
  }
}

variable "with_admin" {
  default = false
}

resource "aws_s3_bucket" "new" {
  bucket = "new"
}

resource "aws_sqs_queue" "new" {
  count = 2
  name  = "queue-${count.index}"
}

data "aws_iam_policy_document" "known" {
  dynamic "statement" {
    for_each = var.buckets
    iterator = each_bucket

    content {
      sid       = "Bucket${replace(each_bucket.key, ".", "")}"
      actions   = each_bucket.value.actions
      resources = ["arn:aws:s3:::${each_bucket.key}/*"]

      dynamic "condition" {
        for_each = length(each_bucket.value.prefixes) > 0 ? [each_bucket.value.prefixes] : []
        content {
          test     = "StringLike"
          variable = "s3:prefix"
          values   = condition.value
        }
      }
    }
  }

  statement {
    sid       = "Static"
    actions   = ["s3:ListAllMyBuckets"]
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = var.with_admin ? [1] : []
    content {
      sid       = "Admin"
      actions   = ["*"]
      resources = ["*"]
    }
  }
}

resource "aws_iam_policy" "known" {
  name   = "known"
  policy = data.aws_iam_policy_document.known.json
}

# The statements are known, a resource in them is not.
data "aws_iam_policy_document" "deferred" {
  dynamic "statement" {
    for_each = var.buckets
    content {
      sid       = "Bucket${replace(statement.key, ".", "")}"
      actions   = statement.value.actions
      resources = ["${aws_s3_bucket.new.arn}/${statement.key}/*"]
    }
  }

  statement {
    sid       = "Last"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.new.arn]
  }
}

resource "aws_iam_policy" "deferred" {
  name   = "deferred"
  policy = data.aws_iam_policy_document.deferred.json
}

# Not even how many statements there are is known.
data "aws_iam_policy_document" "unknown_for_each" {
  statement {
    sid       = "First"
    actions   = ["sqs:ListQueues"]
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = toset(aws_sqs_queue.new[*].arn)
    content {
      actions   = ["sqs:*"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_policy" "unknown_for_each" {
  name   = "unknown-for-each"
  policy = data.aws_iam_policy_document.unknown_for_each.json
}

# As many as there are queues, which is known.
data "aws_iam_policy_document" "splat" {
  dynamic "statement" {
    for_each = aws_sqs_queue.new[*].arn
    iterator = queue
    content {
      sid       = "Queue${queue.key}"
      actions   = ["sqs:SendMessage"]
      resources = [queue.value]
    }
  }
}

resource "aws_sqs_queue_policy" "splat" {
  count     = 2
  queue_url = aws_sqs_queue.new[count.index].id
  policy    = data.aws_iam_policy_document.splat.json
}

resource "aws_iam_role" "inline" {
  name = "inline"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })

  dynamic "inline_policy" {
    for_each = var.buckets
    content {
      name = "inline-${inline_policy.key}"
      policy = jsonencode({
        Version   = "2012-10-17"
        Statement = [{ Effect = "Allow", Action = inline_policy.value.actions, Resource = "arn:aws:s3:::${inline_policy.key}/*" }]
      })
    }
  }
}
