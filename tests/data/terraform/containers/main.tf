terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

resource "aws_cloudcontrolapi_resource" "bucket_policy" {
  type_name = "AWS::S3::BucketPolicy"
  desired_state = jsonencode({
    Bucket         = "b"
    PolicyDocument = { Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::b/*" }] }
  })
}

resource "aws_api_gateway_rest_api" "json" {
  name = "json"
  body = jsonencode({
    openapi = "3.0.1"
    paths   = {}
    x-amazon-apigateway-policy = {
      Version   = "2012-10-17"
      Statement = [{ Effect = "Allow", Principal = "*", Action = "execute-api:Invoke", Resource = "*" }]
    }
  })
}

resource "aws_api_gateway_rest_api" "yaml" {
  name = "yaml"
  body = <<-EOT
    openapi: 3.0.1
    x-amazon-apigateway-policy:
      Version: "2012-10-17"
      Statement:
        - {Effect: Allow, Principal: "*", Action: "execute-api:Invoke", Resource: "*"}
  EOT
}

resource "aws_iot_provisioning_template" "fleet" {
  name                  = "fleet"
  provisioning_role_arn = "arn:aws:iam::111122223333:role/provisioning"
  template_body = jsonencode({
    Resources = {
      policy = {
        Type       = "AWS::IoT::Policy"
        Properties = { PolicyDocument = { Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iot:*", Resource = "*" }] } }
      }
    }
  })
}

resource "aws_kms_key" "k" {}

resource "aws_cloudformation_stack" "late" {
  name          = "late"
  template_body = "Description: ${aws_kms_key.k.arn}\nResources: {}\n"
}
