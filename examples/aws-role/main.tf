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

  github_subjects = var.github_environment != "" ? [
    "repo:${var.github_repository}:environment:${var.github_environment}",
    ] : [
    "repo:${var.github_repository}:pull_request",
    "repo:${var.github_repository}:ref:refs/heads/${var.github_branch}",
  ]
  gitlab_subject = var.gitlab_branch != "" ? (
    "project_path:${var.gitlab_project}:ref_type:branch:ref:${var.gitlab_branch}"
  ) : "project_path:${var.gitlab_project}"
}

resource "aws_iam_openid_connect_provider" "github" {
  count          = var.github_repository != "" && var.github_provider_arn == "" ? 1 : 0
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_openid_connect_provider" "gitlab" {
  count          = var.gitlab_project != "" && var.gitlab_provider_arn == "" ? 1 : 0
  url            = "https://gitlab.com"
  client_id_list = ["https://gitlab.com"]
}

data "aws_iam_policy_document" "trust" {
  dynamic "statement" {
    for_each = var.github_repository != "" ? [1] : []

    content {
      sid     = "GitHub"
      actions = ["sts:AssumeRoleWithWebIdentity"]

      principals {
        type        = "Federated"
        identifiers = [one(concat(aws_iam_openid_connect_provider.github[*].arn, compact([var.github_provider_arn])))]
      }

      condition {
        test     = "StringEquals"
        variable = "token.actions.githubusercontent.com:aud"
        values   = ["sts.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "token.actions.githubusercontent.com:sub"
        values   = local.github_subjects
      }
    }
  }

  dynamic "statement" {
    for_each = var.gitlab_project != "" ? [1] : []

    content {
      sid     = "GitLab"
      actions = ["sts:AssumeRoleWithWebIdentity"]

      principals {
        type        = "Federated"
        identifiers = [one(concat(aws_iam_openid_connect_provider.gitlab[*].arn, compact([var.gitlab_provider_arn])))]
      }

      condition {
        test     = "StringEquals"
        variable = "gitlab.com:aud"
        values   = ["https://gitlab.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "gitlab.com:sub"
        values   = [local.gitlab_subject]
      }
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
      condition     = var.github_repository != "" || var.gitlab_project != ""
      error_message = "Give github_repository or gitlab_project."
    }
  }
}

resource "aws_iam_role_policy" "policy_gate" {
  name   = "policy-gate"
  role   = aws_iam_role.policy_gate.id
  policy = data.aws_iam_policy_document.permissions.json
}
