"""The rule about Regions in conditions."""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.catalog.regions import regions
from policy_gate.linting.arns import is_open
from policy_gate.linting.fixers.spelling import misspelled_region
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import PolicyView

_KEYS = frozenset(
    {
        "account:targetregion",
        "aws:requestedregion",
        "ec2:region",
        "kms:primaryregion",
        "kms:replicaregion",
    }
)
"""Condition keys whose value is the code of a Region."""

_GOOD = example(
    '{"Effect": "Deny", "Action": "sqs:*", "Resource": "*",\n'
    '     "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}}'
)


@rule(
    "INVALID_REGION",
    "ERROR",
    bad=_GOOD.replace("eu-west-1", "eu-west1"),
    good=_GOOD,
    fix=misspelled_region,
)
def invalid_region(policy: PolicyView) -> Iterator[Problem]:
    """Reports a condition on a Region that does not exist.

    Why is this bad? No request comes from or goes to it: the test is always or never true.

    Use instead: the code of a Region, as `eu-west-1`; wildcards under StringLike.
    """
    for condition in policy.conditions:
        if condition.folded_key in _KEYS and condition.operator.family == "String":
            for text in condition.texts:
                if not is_open(text.value) and text.value not in regions():
                    yield Problem(
                        f"{quoted(text.value)} is no Region: write the code of one, as "
                        '"eu-west-1".',
                        (text.place,),
                    )
