terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.target]
    }
  }
}

resource "aws_sns_topic" "t" {
  provider = aws.target
  name     = "t"
}

resource "aws_sns_topic_policy" "t" {
  provider = aws.target
  arn      = aws_sns_topic.t.arn
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "sns:Publish", Resource = aws_sns_topic.t.arn }]
  })
}
