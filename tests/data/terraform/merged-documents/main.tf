# Documents of documents: the same Sid replaces in place, statements without one are added.
resource "aws_s3_bucket" "b" {
  bucket_prefix = "b-"
}

data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Read"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::fixed/*"]
  }
  statement {
    sid       = "Write"
    actions   = ["s3:PutObject"]
    resources = ["arn:aws:s3:::fixed/*"]
  }
  statement {
    actions   = ["s3:ListAllMyBuckets"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "deferred" {
  statement {
    sid       = "Deferred"
    actions   = ["s3:DeleteObject"]
    resources = ["${aws_s3_bucket.b.arn}/*"]
  }
  statement {
    sid       = "Read"
    effect    = "Deny"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.b.arn}/secret/*"]
  }
}

data "aws_iam_policy_document" "own_over_source" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]

  statement {
    sid       = "Read"
    actions   = ["s3:*"]
    resources = ["*"]
  }
  statement {
    actions   = ["s3:GetBucketLocation"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "override" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
  override_policy_documents = [
    data.aws_iam_policy_document.deferred.json,
    jsonencode({
      Version = "2012-10-17"
      Statement = [
        { Sid = "Write", Effect = "Deny", Action = "s3:PutObject", Resource = "*" },
        { Effect = "Allow", Action = "s3:GetBucketTagging", Resource = aws_s3_bucket.b.arn },
      ]
    }),
  ]

  statement {
    sid       = "Deferred"
    actions   = ["s3:ReplicateObject"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "twice" {
  source_policy_documents = [
    data.aws_iam_policy_document.override.json,
    file("${path.module}/extra.json"),
  ]
}

resource "aws_iam_policy" "own_over_source" {
  name   = "own-over-source"
  policy = data.aws_iam_policy_document.own_over_source.json
}

resource "aws_iam_policy" "override" {
  name   = "override"
  policy = data.aws_iam_policy_document.override.json
}

resource "aws_iam_policy" "twice" {
  name   = "twice"
  policy = data.aws_iam_policy_document.twice.minified_json
}
