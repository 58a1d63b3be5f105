output "role_arn" {
  description = "What role-to-assume in GitHub Actions and AWS_ROLE_ARN in GitLab CI name."
  value       = aws_iam_role.policy_gate.arn
}
