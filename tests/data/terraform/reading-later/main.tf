# Data that is read during apply: because of depends_on, and because its argument is unknown.
resource "aws_iam_role" "app" {
  name_prefix = "app-"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

data "aws_caller_identity" "me" {
  depends_on = [aws_iam_role.app]
}

data "aws_iam_role" "app" {
  name = aws_iam_role.app.name
}

data "aws_iam_policy_document" "waits" {
  depends_on = [aws_iam_role.app]

  statement {
    sid       = "AllIsKnown"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::fixed/*"]
  }
}

data "aws_iam_policy_document" "reads" {
  statement {
    actions   = ["iam:PassRole"]
    resources = [data.aws_iam_role.app.arn, "arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/x"]
  }
}

module "waits" {
  source     = "./waits"
  depends_on = [aws_iam_role.app]
}

resource "aws_iam_policy" "waits" {
  name   = "waits"
  policy = data.aws_iam_policy_document.waits.json
}

resource "aws_iam_policy" "reads" {
  name   = "reads"
  policy = data.aws_iam_policy_document.reads.json
}

resource "aws_iam_role_policy" "module" {
  role   = aws_iam_role.app.name
  policy = module.waits.json
}
