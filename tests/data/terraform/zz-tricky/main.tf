terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region = "us-east-1"
}
resource "aws_sqs_queue" "q" {
  for_each = { a = 1, b = 2 }
  name     = "q-${each.key}"
}
resource "aws_sqs_queue" "c" {
  count = 2
  name  = "c${count.index}"
}
variable "nullable" {
  type    = string
  default = null
}
variable "obj" {
  type    = object({ a = optional(list(string)), b = optional(string, "dflt") })
  default = {}
}
variable "mapped" {
  type    = map(string)
  default = { z = "1", y = "2" }
}
locals {
  u  = aws_sqs_queue.c[0].arn
  m  = merge({ a = "1" }, null, { b = "2" })
  t1 = trim("  x ", " ")
  nested = { for k, q in aws_sqs_queue.q : k => { arn = q.arn, key = upper(k) } }
  lists  = flatten([for k, q in aws_sqs_queue.q : [for s in ["x", "y"] : "${q.arn}/${s}"]])
}
resource "aws_iam_policy" "p1" {
  name   = "p1"
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "M${join("", keys(local.m))}", Effect = "Allow", Action = [for k in sort(keys(var.mapped)) : "a:${k}${var.mapped[k]}"], Resource = local.u },
    { Sid = "T${local.t1}", Effect = var.nullable == null ? "Allow" : "Deny", Action = coalesce(var.nullable, "b:c"), Resource = values(local.nested)[*].arn },
    { Sid = "O", Effect = "Allow", Action = var.obj.a == null ? ["n:ull"] : var.obj.a, Resource = [for n in local.nested : "${n.arn}:${n.key}:${var.obj.b}"] },
    { Sid = "L", Effect = "Allow", Action = distinct(["x:b", "x:a", "x:b"]), Resource = local.lists },
    { Sid = "E", Effect = "Allow", Action = element(["e:0", "e:1", "e:2"], 4), Resource = aws_sqs_queue.c.*.arn },
    { Sid = "S", Effect = "Allow", Action = slice(["s:0", "s:1", "s:2"], 1, 3), Resource = setunion([local.u], ["*"]) },
    { Sid = "F", Effect = "Allow", Action = formatlist("f:%s%d", ["a", "b"], [1, 2]), Resource = format("%s-%03d-%5.2f-%v", local.u, 7, 3.14159, true) },
    { Sid = "G", Effect = "Allow", Action = lookup({ a = "g:1" }, "zz", "g:dflt"), Resource = [for i, v in toset([local.u, "k"]) : "${i}=${v}"] },
    { Sid = "H", Effect = "Allow", Action = "h:${title("hello world")}-${substr("abcdef", -3, 2)}-${replace("a.b.c", ".", "-")}", Resource = local.u },
    { Sid = "I", Effect = "Allow", Action = [for s in split(",", "i:a,i:b") : s if s != "i:a"], Resource = one([local.u]) },
    { Sid = "J", Effect = "Allow", Action = try(var.obj.zzz, "j:fallback"), Resource = local.u },
    { Sid = "K", Effect = "Allow", Action = compact(["k:a", "", null]), Resource = local.u },
    { Sid = "N", Effect = "Allow", Action = "n:${tostring(1.0)}:${10 / 4}:${7 % 3}:${1 == 1.0}:${"1" == 1}", Resource = local.u },
    { Sid = "P", Effect = "Allow", Action = { for g in ["p:a", "p:ab", "q:c"] : substr(g, 0, 1) => g... }["p"], Resource = local.u },
    { Sid = "Q", Effect = "Allow", Action = concat(["q:1"], [], tolist(["q:2"])), Resource = coalescelist([], [local.u]) },
    { Sid = "R", Effect = "Allow", Action = reverse(["r:1", "r:2"]), Resource = zipmap(["a"], [local.u])["a"] },
    { Sid = "U", Effect = "Allow", Action = [for p in setproduct(["u:"], ["1", "2"]) : join("", p)], Resource = local.u },
    { Sid = "V", Effect = "Allow", Action = chomp("v:x\n"), Resource = local.u },
    { Sid = "W", Effect = "Allow", Action = regex("w:[a-z]+", "xx w:abc"), Resource = local.u },
    { Sid = "X", Effect = "Allow", Action = trimsuffix(trimprefix("--x:y--", "--"), "--"), Resource = local.u },
    { Sid = "Y", Effect = "Allow", Action = startswith("y:abc", "y:") ? "y:yes" : "y:no", Resource = local.u },
    { Sid = "Z", Effect = "Allow", Action = [for k, v in { b = "z:2", a = "z:1" } : v], Resource = local.u },
  ] })
}
resource "aws_iam_policy" "p2" {
  name   = "p2"
  policy = <<-EOT
      {
        "Version": "2012-10-17",
        "Statement": [
          %{ for k, q in aws_sqs_queue.q ~}
          {"Sid": "S${k}", "Effect": "Allow", "Action": "sqs:*", "Resource": "${q.arn}"},
          %{ endfor ~}
          {"Effect": "Allow", "Action": ${jsonencode(["a:\"q\"", "<b>"])}, "Resource": ["${join("\", \"", ["x", "y"])}"], "Z": "tab\there"}
        ]
      }
  EOT
}
data "aws_iam_policy_document" "d" {
  policy_id = "pid"
  version   = "2008-10-17"
  statement {
    actions       = []
    not_actions   = ["s3:*"]
    not_resources = [local.u, "b", "a"]
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["", "home/", "home/&{aws:username}/"]
    }
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["more"]
    }
  }
  dynamic "statement" {
    for_each = [for i in range(2) : { n = i, res = [aws_sqs_queue.c[i].arn] }]
    content {
      sid       = "I${statement.key}N${statement.value.n}"
      actions   = ["sqs:*"]
      resources = statement.value.res
      dynamic "principals" {
        for_each = statement.value.n == 0 ? ["111122223333"] : []
        content {
          type        = "AWS"
          identifiers = [principals.value]
        }
      }
    }
  }
}
resource "aws_iam_policy" "p3" {
  name   = "p3"
  policy = data.aws_iam_policy_document.d.json
}
