# One policy of each of many services, beside resources that leave theirs to the provider.
locals {
  open = {
    Version   = "2012-10-17"
    Statement = [{ Sid = "Open", Effect = "Allow", Principal = "*", Action = "*", Resource = "*" }]
  }
}

resource "aws_kms_key" "default" {}

resource "aws_sqs_queue" "default" {
  name = "default"
}

resource "aws_sns_topic" "default" {
  name = "default"
}

resource "aws_secretsmanager_secret" "default" {
  name = "default"
}

resource "aws_vpc_endpoint" "default" {
  vpc_id       = "vpc-1"
  service_name = "com.amazonaws.us-east-1.s3"
}

resource "aws_opensearch_domain" "default" {
  domain_name = "default"
}

resource "aws_kms_key" "set" {
  policy = jsonencode(local.open)
}

resource "aws_sqs_queue" "set" {
  name   = "set"
  policy = jsonencode(local.open)
}

resource "aws_sns_topic_policy" "set" {
  arn    = aws_sns_topic.default.arn
  policy = jsonencode(merge(local.open, { Statement = [for s in local.open.Statement : merge(s, { Resource = aws_sns_topic.default.arn })] }))
}

resource "aws_secretsmanager_secret_policy" "set" {
  secret_arn = aws_secretsmanager_secret.default.arn
  policy     = jsonencode(local.open)
}

resource "aws_vpc_endpoint" "set" {
  vpc_id       = "vpc-1"
  service_name = "com.amazonaws.us-east-1.s3"
  policy       = jsonencode(local.open)
}

resource "aws_ecr_repository_policy" "set" {
  repository = "app"
  policy     = jsonencode(local.open)
}

resource "aws_glacier_vault" "set" {
  name          = "set"
  access_policy = jsonencode(local.open)
}

resource "aws_s3control_multi_region_access_point_policy" "set" {
  details {
    name   = "mrap"
    policy = jsonencode(local.open)
  }
}

resource "aws_backup_vault_policy" "set" {
  backup_vault_name = "vault"
  policy            = jsonencode(local.open)
}

resource "aws_cloudwatch_log_resource_policy" "set" {
  policy_name     = "set"
  policy_document = jsonencode(local.open)
}

resource "aws_iot_policy" "set" {
  name = "set"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iot:*", Resource = "*" }]
  })
}

resource "aws_transfer_user" "set" {
  server_id = "s-1"
  user_name = "u"
  role      = "arn:aws:iam::123456789012:role/transfer"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "arn:aws:s3:::$${transfer:HomeBucket}" }]
  })
}
