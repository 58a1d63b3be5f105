terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

resource "aws_s3_bucket" "b" {
  bucket = "artifacts"
}

resource "aws_cloudformation_stack" "heredoc" {
  name       = "heredoc"
  parameters = { Action = "s3:*" }

  template_body = <<-EOT
    Parameters:
      Action: {Type: String, Default: "s3:GetObject"}
    Resources:
      Policy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: !Ref Action
                Resource: "*"
  EOT
}

resource "aws_cloudformation_stack" "encoded" {
  name = "encoded"
  template_body = jsonencode({
    Resources = {
      Policy = {
        Type = "AWS::S3::BucketPolicy"
        Properties = {
          Bucket         = "artifacts"
          PolicyDocument = { Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "${aws_s3_bucket.b.arn}/*" }] }
        }
      }
    }
  })
}
