"""Rules about the values of conditions: booleans, numbers, dates, binary data.

Values with a policy variable are left to the rules about variables.
Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from policy_gate.linting.rule import Problem, example, example_with, quoted, rule
from policy_gate.linting.variables import OPENING
from policy_gate.linting.view import PolicyView
from policy_gate.model import PolicyKind
from policy_gate.reasoning.values import number_of, seconds_of
from policy_gate.syntax.node import Content

_LONGEST_DATE = 64
# Decoders take base64 with and without its padding.
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?")
_LOWER_BOUNDS = ("NumericGreaterThan", "NumericGreaterThanEquals")
_UPPER_BOUNDS = ("NumericLessThan", "NumericLessThanEquals")
_TAG = example_with('{"StringEquals": {"aws:PrincipalTag/team": ["red", "7"]}}')
_BOOL = example_with('{"Bool": {"aws:SecureTransport": "false"}}', effect="Deny")
_NUMERIC = example_with('{"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}')
_DATE = example_with('{"DateLessThan": {"aws:CurrentTime": "2031-01-01T00:00:00Z"}}')
_BINARY = example(
    '{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",\n'
    '     "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/idp.example.com"},\n'
    '     "Condition": {"StringEquals": {"idp.example.com:aud": "app"},\n'
    '                   "BinaryEquals": {"idp.example.com:seal": "c2VhbA=="}}}'
)


@rule(
    "INVALID_CONDITION_DATA_TYPE",
    "ERROR",
    bad=_TAG.replace('"7"', "7"),
    good=_TAG,
)
def invalid_condition_data_type(policy: PolicyView) -> Iterator[Problem]:
    """Reports an array of condition values that mixes strings, numbers and booleans.

    Why is this bad? AWS refuses the policy.

    Use instead: strings throughout, as `["red", "7"]`.
    """
    for condition in policy.conditions:
        types = {_json_type(entry.value) for entry in condition.values.entries()} - {""}
        if len(types) > 1:
            yield Problem(
                f"The values of {quoted(condition.key)} are {' and '.join(sorted(types))}: write "
                "them all as strings.",
                (condition.values.place,),
            )


def _json_type(value: Content) -> str:
    """Of a value that may stand in a condition; empty for others, and none is like them."""
    if isinstance(value, bool):
        return "booleans"
    if isinstance(value, (int, float)):
        return "numbers"
    return "strings" if isinstance(value, str) else ""


@rule(
    "INVALID_CONDITION_MULTIPLE_BOOLEAN",
    "ERROR",
    bad=_BOOL.replace('"false"', '["true", "false"]'),
    good=_BOOL,
)
def invalid_condition_multiple_boolean(policy: PolicyView) -> Iterator[Problem]:
    """Reports Bool or Null with several values, unless a qualifier says how to combine them.

    Why is this bad? AWS refuses the policy: both values together match every request.

    Use instead: `"true"` or `"false"`.
    """
    for condition in policy.conditions:
        operator = condition.operator
        several = len(condition.scalars) > 1
        if several and operator.family in ("Bool", "Null") and not operator.qualifier:
            yield Problem(
                f"{quoted(condition.operator_name)} has several values for "
                f'{quoted(condition.key)}: write "true" or "false".',
                (condition.values.place,),
            )


@rule(
    "TYPE_MISMATCH_BOOLEAN",
    "WARNING",
    bad=_BOOL.replace('"false"', '"no"'),
    good=_BOOL,
)
def type_mismatch_boolean(policy: PolicyView) -> Iterator[Problem]:
    """Reports a value of Bool or Null other than true and false, in any capitals.

    Why is this bad? It matches no request.

    Use instead: `"true"` or `"false"`.
    """
    yield from _mismatches(policy, ("Bool", "Null"), _is_boolean, 'true or false: write "true"')


@rule(
    "TYPE_MISMATCH_NUMBER",
    "WARNING",
    bad=_NUMERIC.replace("3600", "1h"),
    good=_NUMERIC,
)
def type_mismatch_number(policy: PolicyView) -> Iterator[Problem]:
    """Reports a value of a numeric operator that is no number.

    Why is this bad? It matches no request.

    Use instead: digits, as `"3600"`.
    """
    yield from _mismatches(policy, ("Numeric",), _is_number, 'a number: write one, as "3600"')


@rule(
    "TYPE_MISMATCH_DATE",
    "WARNING",
    bad=_DATE.replace("2031-01-01T00:00:00Z", "next week"),
    good=_DATE,
)
def type_mismatch_date(policy: PolicyView) -> Iterator[Problem]:
    """Reports a value of a date operator that is neither a date nor a number of seconds.

    Why is this bad? It matches no request.

    Use instead: a date of ISO 8601, as `2031-01-01` or `2031-01-01T00:00:00Z`.
    """
    yield from _mismatches(policy, ("Date",), _is_date, 'a date: write one, as "2031-01-01"')


@rule(
    "TYPE_MISMATCH_STRING",
    "WARNING",
    kinds=(PolicyKind.TRUST, *(kind for kind in PolicyKind if kind != PolicyKind.TRUST)),
    bad=_BINARY.replace("c2VhbA==", "not base64!"),
    good=_BINARY,
)
def type_mismatch_string(policy: PolicyView) -> Iterator[Problem]:
    """Reports a value of BinaryEquals that is not base64.

    Why is this bad? It matches no request.

    Use instead: the bytes in base64, as `c2VhbA==`.
    """
    yield from _mismatches(policy, ("Binary",), _is_base64, 'base64: encode it, as "c2VhbA=="')


def _mismatches(
    policy: PolicyView, families: tuple[str, ...], is_valid: Callable[[str], bool], expected: str
) -> Iterator[Problem]:
    for condition in policy.conditions:
        if condition.operator.family in families:
            for text in condition.scalars:
                if OPENING not in text.value and not is_valid(text.value):
                    yield Problem(
                        f"{quoted(text.value)} under {quoted(condition.operator_name)} is not "
                        f"{expected}.",
                        (text.place,),
                    )


def _is_boolean(text: str) -> bool:
    return text.lower() in ("true", "false")


def _is_number(text: str) -> bool:
    return number_of(text) is not None


def _is_date(text: str) -> bool:
    if _is_number(text):
        return True
    # ISO 8601 lets a time stand without its zone.
    return len(text) <= _LONGEST_DATE and any(
        seconds_of(form) is not None for form in (text, f"{text}Z")
    )


def _is_base64(text: str) -> bool:
    return _BASE64.fullmatch(text) is not None


@rule(
    "INVALID_DATE_VALUE",
    "WARNING",
    bad=_DATE.replace("2031-01-01T00:00:00Z", "2031"),
    good=_DATE,
)
def invalid_date_value(policy: PolicyView) -> Iterator[Problem]:
    """Reports a date that is a bare number.

    Why is this bad? It may be read as seconds since 1970: 2031 is then in the first hour of 1970.

    Use instead: the whole date, as `2031-01-01` or `2031-01-01T00:00:00Z`.
    """
    for condition in policy.conditions:
        if condition.operator.family == "Date":
            for text in condition.scalars:
                if _is_number(text.value):
                    yield Problem(
                        f"{quoted(text.value)} may be read as seconds since 1970: write the whole "
                        'date, as "2031-01-01".',
                        (text.place,),
                    )


@rule(
    "REDUNDANT_CONDITION_VALUE_NUM",
    "SUGGESTION",
    bad=_NUMERIC.replace('"3600"', '["2700", "3600"]'),
    good=_NUMERIC,
)
def redundant_condition_value_num(policy: PolicyView) -> Iterator[Problem]:
    """Reports several values of an operator as NumericLessThan.

    Why is this bad? One of them suffices to match: only the widest bound counts.

    Use instead: the greatest value of NumericLessThan, the least of NumericGreaterThan.
    """
    for condition in policy.conditions:
        name = condition.operator.name
        if name in _LOWER_BOUNDS + _UPPER_BOUNDS and len(condition.scalars) > 1:
            values = {text.value: number_of(text.value) for text in condition.scalars}
            numbers = {value: number for value, number in values.items() if number is not None}
            if len(numbers) == len(values):
                which, widest = ("greatest", max) if name in _UPPER_BOUNDS else ("least", min)
                kept = widest(numbers, key=numbers.__getitem__)
                yield Problem(
                    f"{quoted(condition.operator_name)} has several values for "
                    f"{quoted(condition.key)}, of which only the {which} counts: keep "
                    f"{quoted(kept)}.",
                    (condition.values.place,),
                )
