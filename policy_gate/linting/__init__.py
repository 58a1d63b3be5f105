"""The offline ValidatePolicy: a policy document in, findings in the API's shape out."""

from policy_gate.linting.validate import validate_policy

__all__ = ["validate_policy"]
