"""Rules about condition operators and condition keys.

Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from policy_gate.linting.fixers.operators import (
    misspelled_operator,
    only_whether_present,
    plain_null,
)
from policy_gate.linting.fixers.values import one_key
from policy_gate.linting.operators import OPERATORS, parse_operator
from policy_gate.linting.patterns import is_star
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import PolicyView

_LONGEST = 60


def _with(condition: str) -> str:
    return example(
        '{"Effect": "Allow", "Action": "ec2:StartInstances", "Resource": "*",\n'
        f'     "Condition": {condition}}}'
    )


@rule(
    "INVALID_CONDITION_OPERATOR",
    "ERROR",
    bad=_with('{"StringMatches": {"aws:PrincipalOrgID": "o-abcd123456"}}'),
    good=_with('{"StringEquals": {"aws:PrincipalOrgID": "o-abcd123456"}}'),
    fix=misspelled_operator,
)
def invalid_condition_operator(policy: PolicyView) -> Iterator[Problem]:
    """Reports a condition operator that does not exist.

    Why is this bad? AWS refuses the policy.

    Use instead: an operator of the type of the key, as StringEquals, StringLike, ArnLike, Bool,
    IpAddress, NumericLessThan, DateGreaterThan or Null, with `ForAllValues:` or `ForAnyValue:`
    before it for a key of several values, and `IfExists` behind it where the key may be absent.
    """
    for statement in policy.statements:
        for name, _, place in statement.operators:
            operator = parse_operator(name)
            if not operator.family:
                near = get_close_matches(operator.name[:_LONGEST], OPERATORS, 1)
                hint = f": did you mean {operator._replace(name=near[0])}?" if near else "."
                yield Problem(
                    f"{quoted(name)} is no condition operator{hint}",
                    (place,),
                )


@rule(
    "NULL_WITH_IF_EXISTS",
    "ERROR",
    bad=_with('{"NullIfExists": {"aws:ResourceTag/team": "false"}}'),
    good=_with('{"Null": {"aws:ResourceTag/team": "false"}}'),
    fix=plain_null,
)
def null_with_if_exists(policy: PolicyView) -> Iterator[Problem]:
    """Reports the operator Null with the suffix IfExists.

    Why is this bad? AWS refuses the policy: Null itself asks whether the key exists.

    Use instead: `Null` with `"true"` for an absent key or `"false"` for a present one.
    """
    for statement in policy.statements:
        for name, _, place in statement.operators:
            operator = parse_operator(name)
            if operator.name == "Null" and operator.if_exists:
                yield Problem(
                    f"{quoted(name)} does not exist, since Null itself asks whether the key "
                    'exists: write "Null".',
                    (place,),
                )


@rule(
    "NULL_WITH_QUALIFIER",
    "SUGGESTION",
    bad=_with('{"ForAnyValue:Null": {"aws:TagKeys": "false"}}'),
    good=_with('{"Null": {"aws:TagKeys": "false"}}'),
    fix=plain_null,
)
def null_with_qualifier(policy: PolicyView) -> Iterator[Problem]:
    """Reports the operator Null behind ForAllValues or ForAnyValue.

    Why is this bad? Null asks whether the key is there, not about its values: the qualifier makes
    the test always or never true.

    Use instead: `Null` alone.
    """
    for statement in policy.statements:
        for name, _, place in statement.operators:
            operator = parse_operator(name)
            if operator.name == "Null" and operator.qualifier:
                yield Problem(
                    f"{quoted(name)} does not test what it seems to, since Null is about the key "
                    'and not its values: write "Null".',
                    (place,),
                )


@rule(
    "INVALID_CONDITION_KEY_FORMAT",
    "ERROR",
    bad=_with('{"StringEquals": {"PrincipalOrgID": "o-abcd123456"}}'),
    good=_with('{"StringEquals": {"aws:PrincipalOrgID": "o-abcd123456"}}'),
)
def invalid_condition_key_format(policy: PolicyView) -> Iterator[Problem]:
    """Reports a condition key that is not a prefix, a colon and a name.

    Why is this bad? AWS refuses the policy: keys are `aws:...` or begin with a service.

    Use instead: the whole key, as `aws:PrincipalOrgID` or `s3:prefix`.
    """
    for condition in policy.conditions:
        prefix, _, name = condition.key.partition(":")
        if not prefix or not name:
            yield Problem(
                f"{quoted(condition.key)} is no condition key: write its prefix, a colon and "
                'its name, as "aws:PrincipalOrgID" or "s3:prefix".',
                (condition.key_place,),
            )


@rule(
    "DUPLICATE_KEYS_WITH_DIFFERENT_CASE",
    "ERROR",
    bad=_with('{"StringEquals": {"aws:userid": "AIDAEXAMPLE", "aws:UserId": "AROAEXAMPLE"}}'),
    good=_with('{"StringEquals": {"aws:userid": ["AIDAEXAMPLE", "AROAEXAMPLE"]}}'),
    fix=one_key,
)
def duplicate_keys_with_different_case(policy: PolicyView) -> Iterator[Problem]:
    """Reports a condition key that stands twice under one operator, in different capitals.

    Why is this bad? AWS refuses the policy: condition keys are not case-sensitive.

    Use instead: the key once, with an array of values.
    """
    for statement in policy.statements:
        for _, block, _ in statement.operators:
            spellings: dict[str, list[str]] = {}
            for key, _ in block.members():
                spellings.setdefault(key.lower(), []).append(key)
            for keys in spellings.values():
                if len(keys) > 1:
                    yield Problem(
                        f"{' and '.join(map(quoted, keys[:3]))} are the same condition key: write "
                        "it once, with an array of values.",
                        tuple(block.key_place(key) for key in keys),
                    )


@rule(
    "EQUIVALENT_TO_NULL_FALSE",
    "SUGGESTION",
    bad=_with('{"StringLike": {"aws:ResourceTag/team": "*"}}'),
    good=_with('{"Null": {"aws:ResourceTag/team": "false"}}'),
    fix=only_whether_present,
)
def equivalent_to_null_false(policy: PolicyView) -> Iterator[Problem]:
    """Reports StringLike with `*` as its only value.

    Why is this bad? It tests no more than that the key is present, and does not look like it.

    Use instead: `"Null": {"key": "false"}`.
    """
    yield from _any_value(policy, "StringLike", "present", "false")


@rule(
    "EQUIVALENT_TO_NULL_TRUE",
    "SUGGESTION",
    bad=_with('{"StringNotLike": {"aws:ResourceTag/team": "*"}}'),
    good=_with('{"Null": {"aws:ResourceTag/team": "true"}}'),
    fix=only_whether_present,
)
def equivalent_to_null_true(policy: PolicyView) -> Iterator[Problem]:
    """Reports StringNotLike with `*` as its only value.

    Why is this bad? It tests no more than that the key is absent, and does not look like it.

    Use instead: `"Null": {"key": "true"}`.
    """
    yield from _any_value(policy, "StringNotLike", "absent", "true")


def _any_value(policy: PolicyView, operator: str, meaning: str, null: str) -> Iterator[Problem]:
    for condition in policy.conditions:
        values = condition.texts
        if condition.operator_name == operator and len(values) == 1 and is_star(values[0].value):
            yield Problem(
                f"{operator} with {quoted(values[0].value)} only tests that "
                f"{quoted(condition.key)} is {meaning}: write "
                f'"Null": {{{quoted(condition.key)}: "{null}"}}.',
                (values[0].place,),
            )
