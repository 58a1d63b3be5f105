# The sources say something else than what Terraform deploys.
resource "aws_iam_policy" "ignored" {
  name = "ignored"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }]
  })

  lifecycle {
    ignore_changes = [policy]
  }
}

resource "aws_sqs_queue" "q" {
  name = "q"
}

resource "aws_sqs_queue_policy" "q" {
  queue_url = aws_sqs_queue.q.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "sqs:SendMessage", Resource = aws_sqs_queue.q.arn }]
  })

  lifecycle {
    replace_triggered_by = [terraform_data.trigger]
  }
}

resource "terraform_data" "trigger" {
  input = "after"
}

# What the trigger gives is known after apply, though it is written above.
resource "aws_iam_policy" "output" {
  name = "output"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::${terraform_data.trigger.output}/*" }]
  })
}
