locals {
  teams = {
    "a.b[\"c\"]" = ["s3:GetObject"]
    plain        = ["s3:*"]
  }
}

module "team" {
  source   = "./modules/team"
  for_each = local.teams

  team    = each.key
  actions = each.value
}
