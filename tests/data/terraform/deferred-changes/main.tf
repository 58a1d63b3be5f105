resource "aws_sqs_queue" "q" {
  name_prefix = "q-"
}

resource "aws_iam_policy" "planned" {
  name = "planned"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sqs:ListQueues", Resource = "*" }]
  })
}

resource "aws_iam_policy" "each" {
  for_each    = toset([aws_sqs_queue.q.arn])
  name_prefix = "each-"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sqs:*", Resource = each.key }]
  })
}
