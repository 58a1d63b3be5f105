terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

resource "aws_sns_topic" "t" {
  name = "alerts"
}

resource "aws_lambda_function" "f" {
  function_name = "worker"
  role          = "arn:aws:iam::111122223333:role/worker"
}

resource "aws_sns_topic_policy" "p" {
  arn    = aws_sns_topic.t.arn
  policy = <<POLICY
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Publish",
      "Effect": "Allow",
      "Principal": {"Service": "s3.amazonaws.com"},
      "Action": "sns:Publish",
      "Resource": "${aws_sns_topic.t.arn}",
      "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:\u0062ucket"}}
    },
    {
      "Effect": "Allow",
      "Principal": {"AWS": "*"},
      "Action": "sns:Subscribe",
      "Resource": "*",
      "Condition": {"StringEquals": {"aws:username": "$${aws:username}"}}
    }
  ]
}
POLICY
}

resource "aws_iam_role_policy" "p" {
  role   = "worker"
  policy = <<-POLICY
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "lambda:InvokeFunction",
     "Resource": ["${aws_lambda_function.f.arn}", "${aws_lambda_function.f.arn}:*"]}}
  POLICY
}
