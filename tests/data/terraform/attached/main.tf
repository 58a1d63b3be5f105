locals {
  managed = {
    admin = "arn:aws:iam::aws:policy/AdministratorAccess"
    read  = "arn:aws:iam::aws:policy/ReadOnlyAccess"
  }
}

data "aws_partition" "p" {}

data "aws_iam_policy" "power" {
  name = "PowerUserAccess"
}

resource "aws_iam_role" "r" {
  name                 = "r"
  permissions_boundary = aws_iam_policy.own.arn
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_policy" "own" {
  name = "own"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
  })
}

resource "aws_iam_role_policy_attachment" "own" {
  role       = aws_iam_role.r.name
  policy_arn = aws_iam_policy.own.arn
}

resource "aws_iam_role_policy_attachment" "each" {
  for_each   = local.managed
  role       = aws_iam_role.r.name
  policy_arn = each.value
}

resource "aws_iam_role_policy_attachment" "partition" {
  role       = aws_iam_role.r.name
  policy_arn = "arn:${data.aws_partition.p.partition}:iam::aws:policy/IAMFullAccess"
}

resource "aws_iam_role_policy_attachment" "data" {
  role       = aws_iam_role.r.name
  policy_arn = data.aws_iam_policy.power.arn
}

resource "aws_iam_user" "u" {
  name                 = "u"
  permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
}

resource "aws_iam_policy_attachment" "all" {
  name       = "all"
  users      = [aws_iam_user.u.name]
  policy_arn = "arn:aws:iam::aws:policy/SecurityAudit"
}

resource "aws_iam_group_policy_attachment" "customer" {
  group      = "g"
  policy_arn = "arn:aws:iam::111122223333:policy/elsewhere"
}
