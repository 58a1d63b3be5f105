"""The rule about JSON types: the grammar of a policy, element by element."""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.linting.fixers.document import wrong_type
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import (
    ACTION_ELEMENTS,
    PRINCIPAL_ELEMENTS,
    PRINCIPAL_KEYS,
    RESOURCE_ELEMENTS,
    Part,
    PolicyView,
)
from policy_gate.syntax.node import Content


@rule(
    "DATA_TYPE_MISMATCH",
    "ERROR",
    bad=example('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": {"Ref": "Bucket"}}'),
    good=example(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}'
    ),
    fix=wrong_type,
)
def data_type_mismatch(policy: PolicyView) -> Iterator[Problem]:
    """Reports a value whose JSON type the grammar does not allow where it stands.

    Why is this bad? AWS refuses the policy. An object where a string belongs is often a template
    function, as `Ref`, that nothing has replaced by its value yet.

    Use instead: strings for Version, Id, Sid and Effect; strings or arrays of strings for actions,
    resources and principals; objects for Principal and Condition; strings, numbers, booleans or
    arrays of them for the values of a condition.
    """
    if not isinstance(policy.root.value, dict):
        yield _mismatch("The policy", policy.root, "an object")
    for name, part in policy.root.members():
        if name in ("Version", "Id"):
            yield from _string(name, part)
        elif name == "Statement":
            for entry in part.entries():
                if not isinstance(entry.value, dict):
                    yield _mismatch("A statement", entry, "an object")
    for statement in policy.statements:
        for name, part in statement.part.members():
            yield from _element(name, part)


def _element(name: str, part: Part) -> Iterator[Problem]:
    if name in ("Sid", "Effect"):
        yield from _string(name, part)
    elif name in ACTION_ELEMENTS + RESOURCE_ELEMENTS:
        yield from _strings(name, part)
    elif name in PRINCIPAL_ELEMENTS:
        yield from _principal(name, part)
    elif name == "Condition":
        yield from _condition(part)


def _string(name: str, part: Part) -> Iterator[Problem]:
    if not isinstance(part.value, str):
        yield _mismatch(name, part, "a string")


def _strings(name: str, part: Part) -> Iterator[Problem]:
    for entry in part.entries():
        if not isinstance(entry.value, str):
            if isinstance(part.value, list):
                yield _mismatch(f"An item of {name}", entry, "a string")
            else:
                yield _mismatch(name, entry, "a string or an array of strings")


def _principal(name: str, part: Part) -> Iterator[Problem]:
    # A string or an array is INVALID_PRINCIPAL_FORMAT, an unknown key INVALID_PRINCIPAL_KEY.
    if not isinstance(part.value, (str, list, dict)):
        yield _mismatch(name, part, 'an object as {"AWS": "..."} or the string "*"')
    for key, values in part.members():
        if key in PRINCIPAL_KEYS:
            yield from _strings(f"{name} {key}", values)


def _condition(part: Part) -> Iterator[Problem]:
    if not isinstance(part.value, dict):
        yield _mismatch("Condition", part, "an object of condition operators")
    for operator, block in part.members():
        if not isinstance(block.value, dict):
            yield _mismatch(f"Operator {quoted(operator)}", block, "an object of condition keys")
        for key, values in block.members():
            for entry in values.entries():
                if not isinstance(entry.value, (str, bool, int, float)):
                    yield _mismatch(
                        f"The value of {quoted(key)}", entry, "a string, a number or a boolean"
                    )


def _mismatch(name: str, part: Part, expected: str) -> Problem:
    return Problem(f"{name} is {_json_type(part.value)}: it must be {expected}.", (part.place,))


def _json_type(value: Content) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "an array" if isinstance(value, list) else "an object"
