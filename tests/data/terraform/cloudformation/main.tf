resource "aws_s3_bucket" "b" {
  bucket = "artifacts"
}

resource "aws_cloudformation_stack" "file" {
  name          = "file"
  template_body = file("${path.module}/stack.yaml")
  parameters    = { Bucket = "shared" }
}

resource "aws_cloudformation_stack" "templated" {
  name          = "templated"
  template_body = templatefile("${path.module}/stack.yaml.tftpl", { arn = aws_s3_bucket.b.arn })
}

resource "aws_cloudformation_stack_set" "set" {
  name = "set"
  template_body = jsonencode({
    Resources = {
      Role = {
        Type = "AWS::IAM::Role"
        Properties = {
          AssumeRolePolicyDocument = {
            Version   = "2012-10-17"
            Statement = [{ Effect = "Allow", Principal = { AWS = "*" }, Action = "sts:AssumeRole" }]
          }
        }
      }
    }
  })
}
