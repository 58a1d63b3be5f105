resource "aws_lambda_function" "worker" {
  function_name = "worker"
  role          = "arn:aws:iam::123456789012:role/worker"
}

resource "aws_s3_bucket" "uploads" {
  bucket_prefix = "uploads-"
}

resource "aws_lambda_permission" "known" {
  statement_id   = "Known"
  action         = "lambda:InvokeFunction"
  function_name  = "arn:aws:lambda:us-east-1:123456789012:function:fixed"
  principal      = "events.amazonaws.com"
  source_account = "123456789012"
}

resource "aws_lambda_permission" "uploads" {
  for_each      = toset(["a.b", "c"])
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.worker.function_name
  principal     = "s3.amazonaws.com"
  source_arn    = "${aws_s3_bucket.uploads.arn}/${each.key}"
  qualifier     = "live"
}

resource "aws_lambda_permission" "url" {
  action                 = "lambda:InvokeFunctionUrl"
  function_name          = aws_lambda_function.worker.arn
  principal              = "*"
  function_url_auth_type = "NONE"
}

resource "aws_lambda_layer_version_permission" "org" {
  layer_name      = "arn:aws:lambda:us-east-1:123456789012:layer:shared"
  version_number  = 3
  statement_id    = "Org"
  action          = "lambda:GetLayerVersion"
  principal       = "*"
  organization_id = "o-1234567890"
}

resource "aws_cloudwatch_event_permission" "org" {
  principal    = "*"
  statement_id = "Org"
  condition {
    key   = "aws:PrincipalOrgID"
    type  = "StringEquals"
    value = "o-1234567890"
  }
}

resource "aws_signer_signing_profile_permission" "p" {
  profile_name = "prod"
  action       = "signer:StartSigningJob"
  principal    = "111122223333"
}

resource "aws_acmpca_permission" "p" {
  certificate_authority_arn = "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/x"
  actions                   = ["IssueCertificate", "GetCertificate", "ListPermissions"]
  principal                 = "acm.amazonaws.com"
}

resource "aws_vpc_endpoint_service_allowed_principal" "p" {
  vpc_endpoint_service_id = "vpce-svc-1"
  principal_arn           = "*"
}
