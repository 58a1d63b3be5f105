"""Rules about the names of condition keys."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from policy_gate.catalog.global_keys import global_key, global_key_names
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import PolicyView

_LONGEST = 80
_UNSUPPORTED = "aws:arn"


def _with(condition: str) -> str:
    return example(
        '{"Effect": "Allow", "Action": "ec2:StartInstances", "Resource": "*",\n'
        f'     "Condition": {condition}}}'
    )


_PRINCIPAL = _with('{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/app"}}')
_INSTANCE = _with('{"StringEquals": {"ec2:InstanceType": "t3.micro"}}')


@rule(
    "INVALID_SERVICE_CONDITION_KEY",
    "ERROR",
    bad=_INSTANCE.replace("InstanceType", "TypeOfInstance"),
    good=_INSTANCE,
)
def invalid_service_condition_key(policy: PolicyView) -> Iterator[Problem]:
    """Reports a condition key that its service does not have.

    Why is this bad? The key is in no request: the test is always or never true.

    Use instead: a key that the Service Authorization Reference lists for the service.
    """
    catalog = policy.catalog
    for condition in policy.conditions:
        prefix, _, name = condition.folded_key.partition(":")
        if name and catalog.has_service(prefix) and not catalog.condition_key(condition.key):
            known = {key.name.lower(): key.name for key in catalog.condition_keys(prefix).values()}
            hint = _hint(condition.folded_key, known)
            yield Problem(
                f"{quoted(condition.key)} is no condition key of the service {prefix}{hint}",
                (condition.key_place,),
            )


@rule(
    "INVALID_GLOBAL_CONDITION_KEY",
    "ERROR",
    bad=_PRINCIPAL.replace("aws:PrincipalArn", "aws:PrincipalRoleArn"),
    good=_PRINCIPAL,
)
def invalid_global_condition_key(policy: PolicyView) -> Iterator[Problem]:
    """Reports a condition key with the prefix `aws:` that does not exist.

    Why is this bad? The key is in no request: the test is always or never true.

    Use instead: one of the global condition keys, as `aws:PrincipalArn`.
    """
    for condition in policy.conditions:
        key = condition.folded_key
        if key.startswith("aws:") and key not in ("aws:", _UNSUPPORTED) and not global_key(key):
            hint = _hint(key, {name.lower(): name for name in global_key_names()})
            yield Problem(
                f"{quoted(condition.key)} is no global condition key{hint}",
                (condition.key_place,),
            )


@rule(
    "UNSUPPORTED_GLOBAL_CONDITION_KEY",
    "ERROR",
    bad=_PRINCIPAL.replace("aws:PrincipalArn", "aws:ARN"),
    good=_PRINCIPAL,
)
def unsupported_global_condition_key(policy: PolicyView) -> Iterator[Problem]:
    """Reports the condition key aws:ARN.

    Why is this bad? It is not supported: the test is always or never true.

    Use instead: `aws:PrincipalArn` for who makes the request, `aws:SourceArn` for the resource on
    whose behalf a service makes it.
    """
    for condition in policy.conditions:
        if condition.folded_key == _UNSUPPORTED:
            yield Problem(
                f"{quoted(condition.key)} is not supported: write aws:PrincipalArn, or "
                "aws:SourceArn for the resource on whose behalf a service acts.",
                (condition.key_place,),
            )


@rule(
    "DEPRECATED_GLOBAL_CONDITION_KEY",
    "WARNING",
    bad=_PRINCIPAL.replace("aws:PrincipalArn", "aws:ARN"),
    good=_PRINCIPAL,
)
def deprecated_global_condition_key(policy: PolicyView) -> Iterator[Problem]:
    """Reports a global condition key that another one replaces: aws:ARN.

    Why is this bad? AWS gives it up, and the reference no longer lists it.

    Use instead: `aws:PrincipalArn`.
    """
    for condition in policy.conditions:
        if condition.folded_key == _UNSUPPORTED:
            yield Problem(
                f"{quoted(condition.key)} is deprecated: write aws:PrincipalArn.",
                (condition.key_place,),
            )


def _hint(key: str, known: dict[str, str]) -> str:
    near = get_close_matches(key[:_LONGEST], known, 1)
    return f": did you mean {quoted(known[near[0]])}?" if near else "."
