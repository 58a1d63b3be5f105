# Values that go through maps, sets, grouping, defaults and modules.
variable "grants" {
  type = list(object({
    team    = string
    actions = optional(set(string), ["s3:GetObject"])
    prefix  = optional(string)
  }))
  default = [
    { team = "a", actions = ["s3:PutObject", "s3:DeleteObject"] },
    { team = "b", prefix = "x" },
    { team = "a", prefix = "y" },
  ]
}

variable "settings" {
  type    = any
  default = { limits = { max = 5 }, tags = { Owner = "sec" } }
}

module "bucket" {
  source   = "./bucket"
  for_each = toset(["data", "logs.eu"])
  prefix   = each.key
}

module "single" {
  source = "./bucket"
  count  = 1
  prefix = "single"
}

locals {
  by_team = { for grant in var.grants : grant.team => grant... }
  arns    = { for key, bucket in module.bucket : key => bucket.arn }
  objects = merge([for key, arn in local.arns : { (key) = "${arn}/*", "${key}-all" = arn }]...)
  pairs   = setproduct(["GetObject", "PutObject"], keys(local.arns))
}

resource "aws_iam_policy" "team" {
  for_each = local.by_team
  name     = each.key
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for index, grant in each.value : {
      Sid      = "Grant${index}"
      Effect   = "Allow"
      Action   = grant.actions
      Resource = try("${local.arns["data"]}/${grant.prefix}/*", local.objects["data-all"])
    }]
  })
}

resource "aws_iam_policy" "pairs" {
  name = "pairs"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for pair in local.pairs : {
      Effect   = "Allow"
      Action   = "s3:${pair[0]}"
      Resource = local.objects[pair[1]]
    }]
  })
}

resource "aws_iam_policy" "splat" {
  name = "splat"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = {
      Effect    = "Allow"
      Action    = lookup({ read = "s3:GetObject" }, "write", "s3:ListBucket")
      Resource  = concat(module.single[*].arn, values(module.bucket)[*].arn, [one(module.single[*].all["arn"])])
      Condition = { StringEquals = { for key, value in var.settings.tags : "aws:ResourceTag/${key}" => value } }
    }
  })
}

resource "aws_iam_policy" "slices" {
  name = "slices"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = slice(sort([for n in range(var.settings.limits.max) : "s3:Action${n}"]), 1, 3)
      Resource = zipmap(["x", "y"], [module.single[0].arn, "*"])["x"]
      Condition = {
        StringLike = { "s3:prefix" = reverse(tolist(setsubtract(["a", "b", "c"], ["b"]))) }
      }
    }]
  })
}
