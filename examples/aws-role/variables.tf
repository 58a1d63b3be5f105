# The names are those of the parameters in role.yaml; docs/aws.md says what each adds.

variable "platform" {
  description = "Whose jobs take the role, those of GitHub Actions or of gitlab.com?"
  type        = string
  default     = "github"

  validation {
    condition     = contains(["github", "gitlab"], var.platform)
    error_message = "Give github or gitlab."
  }
}

variable "repository" {
  description = "The one repository whose jobs take the role, as their tokens have it: owner/name on GitHub, or owner@1234/name@5678 where subjects are immutable; group/project on GitLab."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]+(@[0-9]+)?(/[A-Za-z0-9_.-]+(@[0-9]+)?)+$", var.repository))
    error_message = "Give owner/name, owner@1234/name@5678 or group/project."
  }
}

variable "branch" {
  description = "The branch whose jobs take the role."
  type        = string
  default     = "main"

  validation {
    condition     = can(regex("^[A-Za-z0-9_./-]+$", var.branch))
    error_message = "Give the name of one branch."
  }
}

variable "pull_requests" {
  description = "Do jobs of pull requests take the role too? On GitLab these are the jobs of every branch, since the token of a merge request names the branch that it comes from."
  type        = bool
  default     = false
}

variable "environment" {
  description = "With it only jobs of this environment of GitHub take the role, whatever the branch. Empty for none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^[A-Za-z0-9_./-]*$", var.environment))
    error_message = "Give the name of one environment."
  }
}

variable "provider_arn" {
  description = "The identity provider of the platform that the account has. Empty makes one, which goes with this configuration."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:iam::[0-9]{12}:oidc-provider/(token[.]actions[.]githubusercontent|gitlab)[.]com)?$", var.provider_arn))
    error_message = "Give the ARN of the provider of token.actions.githubusercontent.com or gitlab.com."
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
