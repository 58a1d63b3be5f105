# What is allowed hangs on what only deployment knows.
resource "aws_kms_key" "k" {}

resource "aws_sqs_queue" "q" {
  name_prefix = "q-"
}

data "aws_iam_policy_document" "set" {
  statement {
    actions   = aws_kms_key.k.arn == "" ? ["*"] : ["kms:Decrypt"]
    resources = aws_kms_key.k.multi_region ? ["*"] : [aws_kms_key.k.arn]
  }
}

resource "aws_iam_policy" "set" {
  name   = "set"
  policy = data.aws_iam_policy_document.set.json
}

resource "aws_iam_policy" "element" {
  name = "element"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = aws_kms_key.k.multi_region ? "*" : aws_kms_key.k.arn
      },
    ]
  })
}

resource "aws_iam_policy" "whole" {
  name = "whole"
  policy = aws_kms_key.k.multi_region ? jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
    }) : jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = "*" }]
  })
}

resource "aws_iam_policy" "statements" {
  name = "statements"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.q.arn }],
      [for arn in [aws_kms_key.k.arn] : { Effect = "Allow", Action = "kms:*", Resource = arn } if arn != aws_sqs_queue.q.arn],
    )
  })
}

resource "aws_iam_policy" "key" {
  name = "key"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sqs:*"
      Resource  = "*"
      Condition = { StringEquals = { "aws:ResourceTag/${aws_kms_key.k.key_id}" = "yes" } }
    }]
  })
}
