# Texts cut out of ARNs that nobody knows, and texts that look like templates and are none.
resource "aws_iam_role" "r" {
  name = "role"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_sqs_queue" "q" {
  name = "Jobs"
}

locals {
  account = split(":", aws_sqs_queue.q.arn)[4]
  name    = element(split(":", aws_sqs_queue.q.arn), 5)
  tail    = replace(aws_sqs_queue.q.arn, "/^arn:[^:]*:sqs:/", "")
  lower   = lower(aws_sqs_queue.q.name)
  number  = 42
  text    = "a\"b\\c\tü\u00e9<&>"
}

resource "aws_iam_policy" "cut" {
  name = "cut"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "Cut${local.number}"
        Effect = "Allow"
        Action = ["sqs:*"]
        Resource = [
          "arn:aws:sqs:us-east-1:${local.account}:${local.name}",
          "arn:aws:sqs:${local.tail}",
          format("arn:aws:sqs:*:%s:%s-%03d", local.account, local.lower, local.number),
          join(":", ["arn", "aws", "iam", "", local.account, "role/${aws_iam_role.r.name}"]),
          trimsuffix("${aws_sqs_queue.q.arn}/*", "/*"),
          "${aws_sqs_queue.q.arn}${local.number == 42 ? "-dlq" : ""}",
        ]
        Condition = {
          StringLike      = { "aws:PrincipalTag/x" = [local.text, "$${aws:username}", "%%{not}", aws_sqs_queue.q.arn] }
          NumericLessThan = { "aws:MultiFactorAuthAge" = local.number, "s3:max-keys" = "10" }
          Bool            = { "aws:SecureTransport" = true }
        }
      },
    ]
  })
}

resource "aws_iam_policy" "heredoc" {
  name   = "heredoc"
  policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::home/$${aws:username}/*"},
        {"Effect": "Allow", "Action": "sqs:*", "Resource": ["${aws_sqs_queue.q.arn}", "${join("\", \"", ["a", "b", aws_sqs_queue.q.arn])}"]},
        %{~if local.number > 40}
        {"Effect": "Deny", "Action": ${jsonencode(["iam:*", "sts:*"])}, "Resource": "*"},
        %{~else}
        {"Effect": "Allow", "Action": "iam:*", "Resource": "*"},
        %{~endif}
        {"Effect": "Allow", "Action": "sqs:${title("list")}Queues", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "${true}"}}}
      ]
    }
  EOT
}

resource "aws_iam_policy" "nested" {
  name = "nested"
  policy = templatefile("${path.module}/policy.json.tftpl", {
    statements = {
      queues = { actions = ["sqs:SendMessage"], resources = [aws_sqs_queue.q.arn] }
      topics = { actions = ["sns:Publish"], resources = [] }
    }
    deny = null
  })
}

resource "aws_iam_policy" "string" {
  name   = "string"
  policy = templatestring(local.template, { arn = aws_sqs_queue.q.arn })
}

locals {
  template = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sqs:*\",\"Resource\":\"$${arn}\"}]}"
}
