# The role with which policy-gate asks IAM Access Analyzer in GitHub Actions or GitLab CI. What each
# variable adds is in docs/aws.md; role.yaml is the same role in CloudFormation.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.81"
    }
  }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  partition = data.aws_partition.current.partition
  account   = data.aws_caller_identity.current.account_id
  analyzers = "arn:${local.partition}:access-analyzer:*:${local.account}:analyzer/*"

  on_github = var.platform == "github"
  issuer    = local.on_github ? "token.actions.githubusercontent.com" : "gitlab.com"
  audience  = local.on_github ? "sts.amazonaws.com" : "https://gitlab.com"

  github_subjects = var.environment != "" ? [
    "repo:${var.repository}:environment:${var.environment}",
    ] : concat(
    ["repo:${var.repository}:ref:refs/heads/${var.branch}"],
    var.pull_requests ? ["repo:${var.repository}:pull_request"] : [],
  )
  gitlab_subjects = ["project_path:${var.repository}:ref_type:branch:ref:${var.pull_requests ? "*" : var.branch}"]
}

resource "aws_iam_openid_connect_provider" "platform" {
  count          = var.provider_arn == "" ? 1 : 0
  url            = "https://${local.issuer}"
  client_id_list = [local.audience]
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "TakenByJobs"
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = var.provider_arn == "" ? aws_iam_openid_connect_provider.platform[*].arn : [var.provider_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:aud"
      values   = [local.audience]
    }

    condition {
      test     = local.on_github ? "StringEquals" : "StringLike"
      variable = "${local.issuer}:sub"
      values   = local.on_github ? local.github_subjects : local.gitlab_subjects
    }
  }
}

data "aws_iam_policy_document" "permissions" {
  statement {
    sid = "AskAccessAnalyzer"
    actions = [
      "access-analyzer:ValidatePolicy",
      "access-analyzer:CheckNoNewAccess",
      "access-analyzer:CheckAccessNotGranted",
      "access-analyzer:CheckNoPublicAccess",
    ]
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = var.read_managed_policies ? [1] : []

    content {
      sid     = "ReadManagedPolicies"
      actions = ["iam:GetPolicy", "iam:GetPolicyVersion"]
      resources = [
        "arn:${local.partition}:iam::aws:policy/*",
        "arn:${local.partition}:iam::${local.account}:policy/*",
      ]
    }
  }

  dynamic "statement" {
    for_each = var.preview_access ? [1] : []

    content {
      sid       = "FindAnalyzer"
      actions   = ["access-analyzer:ListAnalyzers"]
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = var.preview_access ? [1] : []

    content {
      sid = "PreviewAccess"
      actions = [
        "access-analyzer:CreateAccessPreview",
        "access-analyzer:GetAccessPreview",
        "access-analyzer:ListAccessPreviewFindings",
      ]
      resources = [local.analyzers]
    }
  }

  dynamic "statement" {
    for_each = var.create_analyzer ? [1] : []

    content {
      sid       = "CreateAnalyzer"
      actions   = ["access-analyzer:CreateAnalyzer"]
      resources = [local.analyzers]
    }
  }

  dynamic "statement" {
    for_each = var.create_analyzer ? [1] : []

    content {
      sid       = "CreateRoleOfAnalyzer"
      actions   = ["iam:CreateServiceLinkedRole"]
      resources = ["arn:${local.partition}:iam::${local.account}:role/aws-service-role/access-analyzer.amazonaws.com/AWSServiceRoleForAccessAnalyzer"]

      condition {
        test     = "StringEquals"
        variable = "iam:AWSServiceName"
        values   = ["access-analyzer.amazonaws.com"]
      }
    }
  }

  dynamic "statement" {
    for_each = var.reference_objects != "" ? [1] : []

    content {
      sid       = "ReadReferences"
      actions   = ["s3:GetObject", "s3:GetObjectVersion"]
      resources = [var.reference_objects]
    }
  }

  dynamic "statement" {
    for_each = var.role_to_assume != "" ? [1] : []

    content {
      sid       = "AssumeRole"
      actions   = ["sts:AssumeRole"]
      resources = [var.role_to_assume]
    }
  }
}

resource "aws_iam_role" "policy_gate" {
  name_prefix          = "policy-gate-"
  description          = "policy-gate asks IAM Access Analyzer with it"
  max_session_duration = 3600
  assume_role_policy   = data.aws_iam_policy_document.trust.json

  lifecycle {
    precondition {
      condition     = local.on_github || var.environment == ""
      error_message = "The tokens of GitLab have no environment in their subject: leave environment empty."
    }
  }
}

resource "aws_iam_role_policy" "policy_gate" {
  name   = "policy-gate"
  role   = aws_iam_role.policy_gate.id
  policy = data.aws_iam_policy_document.permissions.json
}
