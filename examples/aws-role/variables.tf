# The names are those of the parameters in role.yaml; docs/aws.md says what each adds.

variable "github_repository" {
  description = "Repository whose workflows take the role, as the sub of their tokens has it: owner/name, or owner@1234/name@5678 where subjects are immutable. Empty for none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^([A-Za-z0-9_-]+(@[0-9]+)?/[A-Za-z0-9_.-]+(@[0-9]+)?)?$", var.github_repository))
    error_message = "Give owner/name or owner@1234/name@5678."
  }
}

variable "github_branch" {
  description = "The branch whose workflows take the role, beside those of pull requests."
  type        = string
  default     = "main"

  validation {
    condition     = can(regex("^[A-Za-z0-9_./-]+$", var.github_branch))
    error_message = "Give the name of one branch."
  }
}

variable "github_environment" {
  description = "With it only jobs of this environment take the role, whatever the branch. Empty for any job of a pull request or the branch."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^[A-Za-z0-9_./-]*$", var.github_environment))
    error_message = "Give the name of one environment."
  }
}

variable "github_provider_arn" {
  description = "The provider of GitHub that the account has. Empty makes one, which goes with this configuration."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:iam::[0-9]{12}:oidc-provider/token[.]actions[.]githubusercontent[.]com)?$", var.github_provider_arn))
    error_message = "Give the ARN of the provider of token.actions.githubusercontent.com."
  }
}

variable "gitlab_project" {
  description = "Project on gitlab.com whose jobs take the role, as group/project. Empty for none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^([A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+)?$", var.gitlab_project))
    error_message = "Give group/project."
  }
}

variable "gitlab_branch" {
  description = "The branch whose jobs take the role. Empty for a project whose tokens have the project path alone as sub, which pipelines of merge requests need."
  type        = string
  default     = "main"

  validation {
    condition     = can(regex("^[A-Za-z0-9_./-]*$", var.gitlab_branch))
    error_message = "Give the name of one branch."
  }
}

variable "gitlab_provider_arn" {
  description = "The provider of gitlab.com that the account has. Empty makes one, which goes with this configuration."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:iam::[0-9]{12}:oidc-provider/gitlab[.]com)?$", var.gitlab_provider_arn))
    error_message = "Give the ARN of the provider of gitlab.com."
  }
}

variable "read_managed_policies" {
  description = "Read the documents of managed policies that templates attach?"
  type        = bool
  default     = false
}

variable "preview_access" {
  description = "Ask for access previews, with an analyzer that the account has?"
  type        = bool
  default     = false
}

variable "create_analyzer" {
  description = "Create the analyzer for access previews where there is none (--create-analyzer)?"
  type        = bool
  default     = false
}

variable "reference_objects" {
  description = "ARN of the S3 objects with reference policies and lists of actions, as arn:aws:s3:::references/policy-gate/*. Empty for none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:s3:::[a-z0-9.-]+/[^?$]+)?$", var.reference_objects))
    error_message = "Give the ARN of objects in one bucket."
  }
}

variable "role_to_assume" {
  description = "ARN of the role that aws.role-arn names. Empty for none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+)?$", var.role_to_assume))
    error_message = "Give the ARN of one role."
  }
}
