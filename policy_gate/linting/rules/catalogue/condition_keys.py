"""Rules about the names of condition keys."""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.catalog.global_keys import global_key
from policy_gate.linting.fixers.spelling import misspelled_key, principal_arn_key
from policy_gate.linting.nearest import nearest_condition_key
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import Condition, PolicyView

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
    bad=_INSTANCE.replace("InstanceType", "InstanceTypes"),
    good=_INSTANCE,
    fix=misspelled_key,
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
            yield Problem(
                f"{quoted(condition.key)} is no condition key of the service {prefix}"
                f"{_hint(policy, condition)}",
                (condition.key_place,),
            )


@rule(
    "INVALID_GLOBAL_CONDITION_KEY",
    "ERROR",
    bad=_PRINCIPAL.replace("aws:PrincipalArn", "aws:PrincipalRoleArn"),
    good=_PRINCIPAL,
    fix=misspelled_key,
)
def invalid_global_condition_key(policy: PolicyView) -> Iterator[Problem]:
    """Reports a condition key with the prefix `aws:` that does not exist.

    Why is this bad? The key is in no request: the test is always or never true.

    Use instead: one of the global condition keys, as `aws:PrincipalArn`.
    """
    for condition in policy.conditions:
        key = condition.folded_key
        if key.startswith("aws:") and key not in ("aws:", _UNSUPPORTED) and not global_key(key):
            yield Problem(
                f"{quoted(condition.key)} is no global condition key{_hint(policy, condition)}",
                (condition.key_place,),
            )


@rule(
    "UNSUPPORTED_GLOBAL_CONDITION_KEY",
    "ERROR",
    bad=_PRINCIPAL.replace("aws:PrincipalArn", "aws:ARN"),
    good=_PRINCIPAL,
    fix=principal_arn_key,
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
    fix=principal_arn_key,
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


def _hint(policy: PolicyView, condition: Condition) -> str:
    near = nearest_condition_key(policy.catalog, condition.key)
    return f": did you mean {quoted(near)}?" if near else "."
