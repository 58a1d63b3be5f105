"""policy-gate: a CI/CD gate for AWS IAM policies."""

__version__ = "0.1.0"
