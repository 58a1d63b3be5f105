terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

locals {
  teams = {
    "a.b[\"c\"]" = ["s3:GetObject"]
    "d"          = ["s3:*", "iam:PassRole"]
  }
}

module "team" {
  source   = "./modules/team"
  for_each = local.teams
  name     = each.key
  actions  = each.value
}
