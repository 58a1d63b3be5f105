resource "aws_s3_bucket" "b" {
  bucket_prefix = "b-"
}

data "aws_iam_policy_document" "p" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.b.arn}/*"]
  }

  lifecycle {
    postcondition {
      condition     = !strcontains(self.json, "s3:*")
      error_message = "Too wide."
    }
  }
}

resource "aws_iam_policy" "p" {
  name   = "p"
  policy = data.aws_iam_policy_document.p.json

  lifecycle {
    precondition {
      condition     = length(data.aws_iam_policy_document.p.statement) == 1
      error_message = "One statement."
    }
    ignore_changes = [description]
  }
}

check "document" {
  data "aws_iam_policy_document" "scoped" {
    statement {
      actions   = ["*"]
      resources = ["*"]
    }
  }

  assert {
    condition     = strcontains(data.aws_iam_policy_document.scoped.json, "nothing")
    error_message = "This check fails, which is a warning."
  }
}
