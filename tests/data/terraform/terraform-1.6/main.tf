variable "extra" {
  type    = list(object({ sid = string, actions = list(string), resource = optional(string) }))
  default = [{ sid = "Extra", actions = ["sqs:*"] }]
}

variable "admins" {
  type    = map(string)
  default = { ann = "111122223333", bob = "444455556666" }
}

resource "aws_s3_bucket" "logs" {
  bucket_prefix = "logs-"
}

resource "aws_dynamodb_table" "t" {
  for_each     = toset(["orders", "users"])
  name         = "app-${each.key}"
  billing_mode = "PAY_PER_REQUEST"
}

locals {
  base = {
    Version = "2012-10-17"
  }
  logs = {
    Sid      = "Logs"
    Effect   = "Allow"
    Action   = ["s3:PutObject"]
    Resource = "${aws_s3_bucket.logs.arn}/*"
  }
  tables = [for name, table in aws_dynamodb_table.t : {
    Sid      = title(name)
    Effect   = "Allow"
    Action   = "dynamodb:*"
    Resource = [table.arn, format("%s/index/*", table.arn)]
  }]
  extra = [for item in var.extra : merge(
    { Sid = item.sid, Effect = "Allow", Action = item.actions },
    { Resource = coalesce(item.resource, aws_s3_bucket.logs.arn) },
  )]
}

resource "aws_iam_policy" "merged" {
  name   = "merged"
  policy = jsonencode(merge(local.base, { Statement = concat([local.logs], local.tables, local.extra) }))
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = flatten([
      [
        for name, account in var.admins : [
          {
            Sid       = "Admin${title(name)}"
            Effect    = "Allow"
            Principal = { AWS = "arn:aws:iam::${account}:root" }
            Action    = "s3:*"
            Resource  = [aws_s3_bucket.logs.arn, "${aws_s3_bucket.logs.arn}/${name}/*"]
          }
        ] if name != "nobody"
      ],
      length(var.admins) > 5 ? [] : [{
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:DeleteBucket"
        Resource  = aws_s3_bucket.logs.arn
      }],
    ])
  })
}

resource "aws_iam_role_policy" "jsondecode" {
  role   = "app"
  policy = jsonencode(jsondecode(templatefile("${path.module}/policy.tftpl", { bucket = aws_s3_bucket.logs.arn, names = ["a", "b"] })))
}

resource "aws_iam_role_policy" "splat" {
  role = "app"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "dynamodb:GetItem"
      Resource = concat(values(aws_dynamodb_table.t)[*].arn, [for k in sort(keys(aws_dynamodb_table.t)) : "${aws_dynamodb_table.t[k].arn}/stream/*"])
    }]
  })
}

resource "aws_iam_role_policy" "conditional" {
  role   = "app"
  policy = length(var.extra) > 0 ? local.text : "{}"
}

locals {
  text = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        %{~ for index, name in keys(var.admins) ~}
        {
          "Effect": "Allow",
          "Action": "s3:GetObject",
          "Resource": ${jsonencode("${aws_s3_bucket.logs.arn}/${name}/*")}
        }%{ if index < length(var.admins) - 1 },%{ endif }
        %{~ endfor ~}
      ]
    }
  EOT
}
