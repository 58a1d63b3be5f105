"""Rules about operators that do not fit the type of their condition key."""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.catalog.interface import ConditionKey
from policy_gate.linting.fixers.operators import (
    operator_of_type,
    with_arn_like,
    with_qualifier,
    without_qualifier,
)
from policy_gate.linting.operators import Family
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import Condition, PolicyView

_FITTING: dict[str, tuple[Family, ...]] = {
    "String": ("String", "Arn", "Binary", "Null"),
    "ARN": ("Arn", "String", "Null"),
    "Bool": ("Bool", "Null"),
    "Numeric": ("Numeric", "Null"),
    "Date": ("Date", "Null"),
    "IPAddress": ("IpAddress", "Null"),
}
_OPERATORS = {
    "String": "StringEquals or StringLike",
    "ARN": "ArnLike",
    "Bool": "Bool",
    "Numeric": "NumericEquals or NumericLessThan",
    "Date": "DateLessThan or DateGreaterThan",
    "IPAddress": "IpAddress or NotIpAddress",
}
_NAMES = {"Bool": "Boolean", "IPAddress": "IP address"}
_ALSO_FITTING = {
    # An address that is compared with ${aws:VpcSourceIp}: IpAddress takes no variable.
    "aws:ec2instancesourceprivateipv4": "String",
    # A date that is given as a number.
    "aws:epochtime": "Numeric",
}

_MULTIVALUED = frozenset({"codeconnections:provideraction", "codestar-connections:provideraction"})
"""Keys that ValidatePolicy takes for multivalued, and the reference does not."""


def _with(condition: str) -> str:
    return example(
        '{"Effect": "Allow", "Action": "ec2:StartInstances", "Resource": "*",\n'
        f'     "Condition": {condition}}}'
    )


@rule(
    "MISSING_QUALIFIER",
    "ERROR",
    bad=_with('{"StringEquals": {"aws:CalledVia": "ssm.amazonaws.com"}}'),
    good=_with('{"ForAnyValue:StringEquals": {"aws:CalledVia": "ssm.amazonaws.com"}}'),
    fix=with_qualifier,
)
def missing_qualifier(policy: PolicyView) -> Iterator[Problem]:
    """Reports a condition key of several values under an operator for one value.

    Why is this bad? A request can have many values of the key, and the test does not say whether
    one of them or all must pass.

    Use instead: `ForAnyValue:` before the operator where one value is enough, `ForAllValues:` where
    every value must pass; the latter is also true where the request has none.
    """
    for condition, key in _known(policy):
        operator = condition.operator
        if key.multivalued and not operator.qualifier and operator.family not in ("", "Null"):
            yield Problem(
                f"{quoted(condition.key)} can have several values in a request: write "
                f"ForAnyValue:{operator} or ForAllValues:{operator}.",
                (condition.key_place,),
            )


@rule(
    "FORALLVALUES_WITH_SINGLE_VALUED_KEY",
    "SECURITY_WARNING",
    bad=_with('{"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-abcd123456"}}'),
    good=_with('{"StringEquals": {"aws:PrincipalOrgID": "o-abcd123456"}}'),
    fix=without_qualifier,
)
def forallvalues_with_single_valued_key(policy: PolicyView) -> Iterator[Problem]:
    """Reports ForAllValues with a condition key of one value.

    Why is this bad? ForAllValues is also true where the request does not have the key: an Allow
    then takes every such request.

    Use instead: the operator without `ForAllValues:`.
    """
    for condition, key in _known(policy):
        operator = condition.operator
        if (
            operator.qualifier == "ForAllValues"
            and operator.family not in ("", "Null")
            and not key.multivalued
            and condition.folded_key not in _MULTIVALUED
        ):
            yield Problem(
                f"{quoted(condition.key)} has one value, and ForAllValues is also true of a "
                f"request without it: write {operator._replace(qualifier='')}.",
                (condition.key_place,),
            )


@rule(
    "TYPE_MISMATCH",
    "WARNING",
    bad=_with('{"StringEquals": {"aws:MultiFactorAuthPresent": "true"}}'),
    good=_with('{"Bool": {"aws:MultiFactorAuthPresent": "true"}}'),
    fix=operator_of_type,
)
def type_mismatch(policy: PolicyView) -> Iterator[Problem]:
    """Reports an operator of another type than its condition key.

    Why is this bad? The values are compared as something that they are not, so that the test may
    never be true.

    Use instead: an operator of the key's type, as Bool for aws:SecureTransport.
    """
    for condition, key in _known(policy):
        family, kind = condition.operator.family, key.type.removeprefix("ArrayOf")
        also_fits = _ALSO_FITTING.get(condition.folded_key)
        if family and kind in _FITTING and family not in (*_FITTING[kind], also_fits):
            yield Problem(
                f"{quoted(condition.key)} is of type {_NAMES.get(kind, kind)}, and "
                f"{condition.operator} compares another: use {_OPERATORS[kind]}.",
                (condition.key_place,),
            )


@rule(
    "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS",
    "SECURITY_WARNING",
    bad=_with('{"StringLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/app-*"}}'),
    good=_with('{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/app-*"}}'),
    fix=with_arn_like,
)
def string_like_operator_with_arn_condition_keys(policy: PolicyView) -> Iterator[Problem]:
    """Reports StringLike and StringNotLike with a condition key that is an ARN.

    Why is this bad? The wildcards of StringLike go beyond colons, from one field of the ARN into
    the next: `arn:aws:iam::*:role/app` also matches roles of another name.

    Use instead: ArnLike or ArnNotLike, whose wildcards stay within a field.
    """
    for condition, key in _known(policy):
        name = condition.operator.name
        if name in ("StringLike", "StringNotLike") and key.type == "ARN":
            better = condition.operator._replace(name=name.replace("String", "Arn"))
            yield Problem(
                f"{quoted(condition.key)} is an ARN, and wildcards of {condition.operator} go "
                f"beyond its fields: write {better}.",
                (condition.key_place,),
            )


def _known(policy: PolicyView) -> Iterator[tuple[Condition, ConditionKey]]:
    for condition in policy.conditions:
        if key := policy.catalog.condition_key(condition.key):
            yield condition, key
