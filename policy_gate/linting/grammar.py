"""The elements of a policy and of a statement.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from policy_gate.linting.view import ACTION_ELEMENTS, PRINCIPAL_ELEMENTS, RESOURCE_ELEMENTS

POLICY_ELEMENTS = ("Version", "Id", "Statement")
STATEMENT_ELEMENTS = (
    "Sid",
    "Effect",
    *PRINCIPAL_ELEMENTS,
    *ACTION_ELEMENTS,
    *RESOURCE_ELEMENTS,
    "Condition",
)
PAIRS = (ACTION_ELEMENTS, RESOURCE_ELEMENTS, PRINCIPAL_ELEMENTS)
"""Elements of which a statement has one or the other."""
