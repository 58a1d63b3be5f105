terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "name" { type = string }
variable "actions" { type = list(string) }

module "inner" {
  source  = "../role"
  count   = 2
  prefix  = "team${count.index}"
  actions = concat(var.actions, ["sts:GetCallerIdentity"])
}
