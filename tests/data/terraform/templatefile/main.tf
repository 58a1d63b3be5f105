terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

resource "aws_s3_bucket" "b" {
  bucket = "reports"
}

resource "aws_iam_policy" "known" {
  name   = "known"
  policy = templatefile("${path.module}/policy.json.tftpl", { buckets = ["arn:aws:s3:::one", "arn:aws:s3:::two"], actions = ["s3:GetObject"], write = false })
}

resource "aws_iam_policy" "deferred" {
  name   = "deferred"
  policy = templatefile("${path.module}/policy.json.tftpl", { buckets = [aws_s3_bucket.b.arn], actions = ["s3:GetObject"], write = true })
}

resource "aws_iam_policy" "file" {
  name   = "file"
  policy = file("${path.module}/policy.json")
}
