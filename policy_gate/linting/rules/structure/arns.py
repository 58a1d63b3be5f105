"""Rules about resource ARNs.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_gate.linting.arns import FIELDS, PREFIX, arn_of, is_open
from policy_gate.linting.fixers.arns import missing_fields, missing_prefix
from policy_gate.linting.patterns import has_wildcard
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import PolicyView, Text
from policy_gate.model import PolicyKind

_API_GATEWAY = "execute-api:/"
"""API Gateway completes this short form in its resource policies."""

_GOOD = example('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs"}')
_QUEUE = example(
    '{"Effect": "Allow", "Action": "sqs:SendMessage",\n'
    '     "Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs"}'
)
_ACCOUNT = re.compile(r"([0-9]{12}|aws)?")


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


@rule(
    "INVALID_ARN_ACCOUNT",
    "ERROR",
    bad=_QUEUE.replace("111122223333", "1111-2222-3333"),
    good=_QUEUE,
)
def invalid_arn_account(policy: PolicyView) -> Iterator[Problem]:
    """Reports an ARN whose account is not twelve digits.

    Why is this bad? The statement matches nothing.

    Use instead: the twelve digits of the account, `*` for all, or `aws` for what AWS itself owns,
    as its managed policies.
    """
    for resource in _resources(policy):
        arn = arn_of(resource.value)
        if arn and not is_open(arn.account) and not _ACCOUNT.fullmatch(arn.account):
            yield Problem(
                f"The account {quoted(arn.account)} of {quoted(resource.value)} must have twelve "
                "digits.",
                (resource.place,),
            )


@rule(
    "WILDCARD_IN_SERVICE_NAME",
    "SUGGESTION",
    bad=_GOOD.replace("arn:aws:s3:::logs", "arn:aws:s*:::logs"),
    good=_GOOD,
)
def wildcard_in_service_name(policy: PolicyView) -> Iterator[Problem]:
    """Reports a service, in an ARN or before the colon of an action, of which a wildcard is a part.

    Why is this bad? It takes in services that nobody meant, those to come included.

    Use instead: the services one by one.
    """
    for statement in policy.statements:
        for text in statement.actions:
            prefix, colon, _ = text.value.partition(":")
            if colon and _is_partly_open(prefix):
                yield _wildcard_in(prefix, text)
        for text in statement.resources:
            arn = arn_of(text.value)
            if arn and _is_partly_open(arn.service):
                yield _wildcard_in(arn.service, text)


def _is_partly_open(service: str) -> bool:
    return has_wildcard(service) and service != "*"


def _wildcard_in(service: str, text: Text) -> Problem:
    return Problem(
        f"{quoted(service)} in {quoted(text.value)} takes in other services too: name the service.",
        (text.place,),
    )


def _resources(policy: PolicyView) -> Iterator[Text]:
    for statement in policy.statements:
        yield from statement.resources
