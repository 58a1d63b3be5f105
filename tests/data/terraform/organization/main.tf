resource "aws_organizations_organizational_unit" "prod" {
  name      = "prod"
  parent_id = "r-1"
}

resource "aws_organizations_policy" "scp" {
  name = "scp"
  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Regions"
      Effect    = "Deny"
      NotAction = ["iam:*", "sts:*"]
      Resource  = "*"
      Condition = { StringNotEquals = { "aws:RequestedRegion" = ["eu-west-1"] } }
    }]
  })
}

resource "aws_organizations_policy" "rcp" {
  name    = "rcp"
  type    = "RESOURCE_CONTROL_POLICY"
  content = data.aws_iam_policy_document.rcp.json
}

data "aws_iam_policy_document" "rcp" {
  statement {
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "StringNotEqualsIfExists"
      variable = "aws:PrincipalOrgPaths"
      values   = ["o-1/r-1/${aws_organizations_organizational_unit.prod.id}/*"]
    }
  }
}

resource "aws_organizations_policy" "tags" {
  name    = "tags"
  type    = "TAG_POLICY"
  content = jsonencode({ tags = { team = { tag_key = { "@@assign" = "team" } } } })
}

resource "aws_organizations_policy_attachment" "scp" {
  policy_id = aws_organizations_policy.scp.id
  target_id = aws_organizations_organizational_unit.prod.id
}

resource "aws_organizations_resource_policy" "delegated" {
  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Action    = "organizations:Describe*"
      Resource  = "*"
    }]
  })
}
