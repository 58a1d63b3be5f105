"""Terraform's configuration language: expressions to values that know where they stand. No plan."""
