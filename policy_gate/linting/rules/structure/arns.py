"""Rules about resource ARNs.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_gate.linting.arns import FIELDS, PREFIX
from policy_gate.linting.fixers.arns import missing_fields, missing_prefix
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import PolicyView, Text
from policy_gate.model import PolicyKind

_API_GATEWAY = "execute-api:/"
"""API Gateway completes this short form in its resource policies."""

_GOOD = example('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs"}')


@rule(
    "INVALID_ARN_PREFIX",
    "ERROR",
    bad=_GOOD.replace("arn:aws:s3:::logs", "aws:s3:::logs"),
    good=_GOOD,
    fix=missing_prefix,
)
def invalid_arn_prefix(policy: PolicyView) -> Iterator[Problem]:
    """Reports a resource that does not begin with `arn:`.

    Why is this bad? AWS refuses the policy, or the statement matches nothing.

    Use instead: the whole ARN, as `arn:aws:s3:::logs/*`, or `*` for all resources.
    """
    for resource in _resources(policy):
        short_form = policy.kind is PolicyKind.RESOURCE and resource.value.startswith(_API_GATEWAY)
        if not _may_begin_with_prefix(resource.value) and not short_form:
            yield Problem(
                f'Resource {quoted(resource.value)} does not begin with "arn:": write the whole '
                'ARN, or "*" for all resources.',
                (resource.place,),
            )


def _may_begin_with_prefix(resource: str) -> bool:
    literal = re.split(r"[*?]|\$\{", resource, maxsplit=1)[0]
    if literal == resource:
        return resource.startswith(PREFIX)
    return literal.startswith(PREFIX) or PREFIX.startswith(literal)


@rule(
    "MISSING_ARN_FIELD",
    "ERROR",
    bad=_GOOD.replace("arn:aws:s3:::logs", "arn:aws:s3:logs"),
    good=_GOOD,
    fix=missing_fields,
)
def missing_arn_field(policy: PolicyView) -> Iterator[Problem]:
    """Reports an ARN of fewer than six fields, unless a wildcard or variable may hold the rest.

    Why is this bad? The statement matches nothing: an ARN is
    `arn:partition:service:region:account:resource`, and empty fields keep their colons.

    Use instead: all six fields, as `arn:aws:s3:::logs` with an empty region and account.
    """
    for resource in _resources(policy):
        fields = resource.value.count(":") + 1
        open_ended = re.search(r"[*?]|\$\{", resource.value)
        if resource.value.startswith(PREFIX) and fields < FIELDS and not open_ended:
            yield Problem(
                f"Resource {quoted(resource.value)} has {fields} of the {FIELDS} fields of an "
                "ARN: write arn:partition:service:region:account:resource, and keep the colons of "
                "empty fields.",
                (resource.place,),
            )


def _resources(policy: PolicyView) -> Iterator[Text]:
    for statement in policy.statements:
        yield from statement.resources
