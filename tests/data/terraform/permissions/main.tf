terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

resource "aws_s3_bucket" "b" {
  bucket = "uploads"
}

resource "aws_lambda_function" "f" {
  function_name = "worker"
  role          = "arn:aws:iam::111122223333:role/worker"
}

resource "aws_lambda_permission" "s3" {
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.f.arn
  principal      = "s3.amazonaws.com"
  source_arn     = aws_s3_bucket.b.arn
  source_account = "111122223333"
}

resource "aws_lambda_permission" "open" {
  action        = "lambda:InvokeFunction"
  function_name = "worker"
  principal     = "*"
}

resource "aws_lambda_layer_version_permission" "layer" {
  layer_name      = "arn:aws:lambda:us-east-1:111122223333:layer:shared"
  version_number  = 1
  principal       = "*"
  organization_id = "o-1234567890"
  action          = "lambda:GetLayerVersion"
  statement_id    = "org"
}

resource "aws_cloudwatch_event_permission" "org" {
  principal    = "*"
  statement_id = "org"
  condition {
    key   = "aws:PrincipalOrgID"
    type  = "StringEquals"
    value = "o-1234567890"
  }
}

resource "aws_vpc_endpoint_service_allowed_principal" "p" {
  vpc_endpoint_service_id = "vpce-svc-1"
  principal_arn           = "arn:aws:iam::444455556666:root"
}
