"""Fixers that put a condition key under another operator, or a companion beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from policy_gate.linting.edits import Edit, as_one, literal, object_like, with_member, without
from policy_gate.linting.fix import Fix, Fixer, first_condition, spot_of, statement_of
from policy_gate.linting.identifiers import SENSITIVE_KEYS, USER_ID
from policy_gate.linting.nearest import nearest_operator
from policy_gate.linting.operators import Operator, parse_operator
from policy_gate.linting.rule import quoted
from policy_gate.linting.view import Condition, Part, Place, PolicyView, Statement
from policy_gate.reasoning.values import network_of, seconds_of

_NULL = Operator("", "Null", if_exists=False)
_LIKE = {"StringEquals": "StringLike", "StringNotEquals": "StringNotLike"}
_ARN_LIKE = {"StringLike": "ArnLike", "StringNotLike": "ArnNotLike"}
_EQUALS_ARN = {"StringEquals": "ArnLike", "StringNotEquals": "ArnNotLike"}
_WHOLE_ARN = re.compile(r"(?!.*\$\{)arn:(?:[^:*?]*:){4}", re.DOTALL)
"""An ARN whose wildcards are in its last field, and that has no policy variable."""

_OF_TYPES: dict[str, tuple[dict[str, str], Callable[[str], object]]] = {
    "Bool": (
        {"StringEquals": "Bool", "StringEqualsIgnoreCase": "Bool", "StringLike": "Bool"},
        re.compile("true|false", re.IGNORECASE).fullmatch,
    ),
    "Numeric": (
        {"StringEquals": "NumericEquals", "StringNotEquals": "NumericNotEquals"},
        re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII).fullmatch,
    ),
    "Date": (
        {
            "StringEquals": "DateEquals",
            "StringNotEquals": "DateNotEquals",
            "NumericLessThan": "DateLessThan",
            "NumericLessThanEquals": "DateLessThanEquals",
            "NumericGreaterThan": "DateGreaterThan",
            "NumericGreaterThanEquals": "DateGreaterThanEquals",
        },
        seconds_of,
    ),
    "IPAddress": (
        {
            "StringEquals": "IpAddress",
            "StringLike": "IpAddress",
            "StringNotEquals": "NotIpAddress",
            "StringNotLike": "NotIpAddress",
        },
        network_of,
    ),
}
"""By type of a condition key, its operators instead of those of another type, and its values."""


def only_whether_present(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Tests with Null what is compared with `*` alone."""
    condition = first_condition(policy, places)
    if condition is None or condition.operator.qualifier or condition.operator.if_exists:
        return None
    present = {"StringLike": "false", "StringNotLike": "true"}.get(condition.operator.name)
    values = [entry.value for entry in condition.values.entries()]
    is_star = len(values) == 1 and isinstance(values[0], str) and set(values[0]) == {"*"}
    if present is None or not is_star:
        return None
    edit = _moved(policy, condition, _NULL, literal(present))
    description = (
        f"Test {quoted(condition.key)} with Null and the value {quoted(present)} instead of "
        f"{condition.operator} and {quoted(str(values[0]))}."
    )
    return Fix(description, (edit,), safe=True) if edit else None


def with_like(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Compares with the operator that takes wildcards; not ids, which follow no pattern."""
    condition = first_condition(policy, places)
    if condition is None or condition.folded_key in (*SENSITIVE_KEYS, USER_ID):
        return None
    key = policy.catalog.condition_key(condition.key)
    names = _EQUALS_ARN if key and key.type == "ARN" else _LIKE
    return _with_name(policy, condition, names)


def with_arn_like(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Compares ARNs as ARNs; it means the same where only the last field has wildcards."""
    condition = first_condition(policy, places)
    if condition is None:
        return None
    values = [entry.value for entry in condition.values.entries()]
    safe = all(isinstance(value, str) and _WHOLE_ARN.match(value) for value in values)
    return _with_name(policy, condition, _ARN_LIKE, safe=safe)


def _with_name(
    policy: PolicyView, condition: Condition, names: Mapping[str, str], *, safe: bool = False
) -> Fix | None:
    name = names.get(condition.operator.name)
    operator = condition.operator._replace(name=name) if name else None
    return _with_operator(policy, condition, operator, safe=safe) if operator else None


def operator_of_type(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Compares with an operator of the key's type, if the values are of it."""
    condition = first_condition(policy, places)
    key = policy.catalog.condition_key(condition.key) if condition else None
    if condition is None or key is None or not condition.scalars:
        return None
    names, is_value = _OF_TYPES.get(key.type.removeprefix("ArrayOf"), ({}, bool))
    if not all(is_value(text.value) for text in condition.scalars):
        return None
    return _with_name(policy, condition, names)


def with_qualifier(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Asks of several values what the operator alone asks of one.

    Any may be what it is to equal, and none what it is not to equal.
    """
    condition = first_condition(policy, places)
    if condition is None or condition.operator.qualifier or not condition.operator.family:
        return None
    qualifier = "ForAllValues" if condition.operator.negated else "ForAnyValue"
    return _with_operator(policy, condition, condition.operator._replace(qualifier=qualifier))


def only_whether_absent(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Tests with Null what no value passes, so that only a request without the key does."""
    condition = first_condition(policy, places)
    if condition is None or condition.values.value != []:
        return None
    operator = condition.operator
    if operator.negated or not (operator.if_exists or operator.qualifier == "ForAllValues"):
        return None
    edit = _moved(policy, condition, _NULL, literal("true"))
    description = f'Test {quoted(condition.key)} with Null and the value "true".'
    return Fix(description, (edit,), safe=False) if edit else None


def without_qualifier(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Compares the one value of a key without ForAllValues or ForAnyValue."""
    condition = first_condition(policy, places)
    if condition is None or not condition.operator.qualifier:
        return None
    return _with_operator(policy, condition, condition.operator._replace(qualifier=""))


def _with_operator(
    policy: PolicyView, condition: Condition, operator: Operator, *, safe: bool = False
) -> Fix | None:
    edit = _moved(policy, condition, operator)
    description = (
        f"Test {quoted(condition.key)} with {operator} instead of {condition.operator_name}."
    )
    return Fix(description, (edit,), safe) if edit else None


def _moved(
    policy: PolicyView, condition: Condition, operator: Operator, values: str = ""
) -> Edit | None:
    """Puts a key under another operator, perhaps with other values; None where it stands already.

    The operator stays in its place where it has no other key.
    """
    element = condition.statement.element("Condition")
    if element is None:
        return None
    text, node = policy.text, condition.values.node
    values = values or text[node.start : node.end]
    alone = len(condition.block.node.keys) == 1
    target = _operator(element, operator)
    if target and any(key.lower() == condition.folded_key for key in target.node.keys):
        return None
    gone = (
        without(element.node, [condition.operator_name])
        if alone
        else without(condition.block.node, [condition.key])
    )
    if target:
        edits = [*gone, with_member(text, target.node, condition.key, values)]
    elif alone:
        edits = [
            Edit(*element.node.keys[condition.operator_name], literal(str(operator))),
            Edit(node.start, node.end, values),
        ]
    else:
        block = object_like(text, condition.block.node, condition.key, values)
        edits = [*gone, with_member(text, element.node, str(operator), block)]
    return as_one(text, element.node, edits)


def _operator(element: Part, operator: Operator) -> Part | None:
    """The block of an operator, however it is spelled."""
    return next(
        (
            block
            for name, block in element.members()
            if parse_operator(name) == operator and isinstance(block.value, dict)
        ),
        None,
    )


def plain_null(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Leaves Null without IfExists, which AWS refuses, and without a qualifier.

    With a qualifier AWS takes Null for always or never true, and that is hardly what is meant.
    """
    spot = spot_of(policy, places[0])
    operator = parse_operator(str(spot.step)) if spot else None
    if operator is None or operator.name != "Null":
        return None
    return _renamed(policy, places[0], _NULL, safe=not operator.qualifier)


def misspelled_operator(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes the nearest operator."""
    spot = spot_of(policy, places[0])
    operator = nearest_operator(str(spot.step)) if spot else None
    return _renamed(policy, places[0], operator, safe=False) if operator else None


def _renamed(policy: PolicyView, place: Place, operator: Operator, *, safe: bool) -> Fix | None:
    """Gives an operator another name, or its keys to the one of that name that is there."""
    spot, statement = spot_of(policy, place), statement_of(policy, place)
    element = statement.element("Condition") if statement else None
    if spot is None or element is None or spot.owner.node is not element.node:
        return None
    name, block = str(spot.step), spot.part
    target = _operator(element, operator)
    if target is None:
        edits = [Edit(*element.node.keys[name], literal(str(operator)))]
    elif _share_keys(target, block) or len(block.node.keys) != 1:
        return None
    else:
        key, values = next(iter(block.node.entries.items()))
        moved = with_member(policy.text, target.node, key, policy.text[values.start : values.end])
        edits = [*without(element.node, [name]), moved]
    edit = as_one(policy.text, element.node, edits)
    return Fix(f"Write {quoted(str(operator))} instead of {quoted(name)}.", (edit,), safe)


def _share_keys(one: Part, other: Part) -> bool:
    keys = [key.lower() for block in (one, other) for key in block.node.keys]
    return len(set(keys)) < len(keys)


def _companion(
    operator: str, key: str, value: str, *, instead: str = "", beside: Sequence[str] = ()
) -> Fixer:
    """Makes the fixer that adds a test to those of a statement.

    There is none where the statement tests the key, or the one that can stand instead of it, in
    this way already, nor where it tests a key that the test does not go with.
    """
    name = parse_operator(operator).name

    def fixer(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
        statement = statement_of(policy, places[0])
        if statement is None or any(
            condition.operator.name == name
            for condition in statement.conditions_on(key.lower(), instead.lower())
        ):
            return None
        if any(test.folded_key.startswith(tuple(beside)) for test in statement.conditions):
            return None
        edit = with_test(policy, statement, operator, key, literal(value))
        description = f"Test {quoted(key)} too, with {operator} and the value {quoted(value)}."
        return Fix(description, (edit,), safe=False) if edit else None

    return fixer


def with_test(
    policy: PolicyView, statement: Statement, operator: str, key: str, values: str
) -> Edit | None:
    """Adds a test to the Condition of a statement; `values` is JSON text."""
    text = policy.text
    element = statement.element("Condition")
    if element is None:
        block = object_like(text, None, key, values)
        return with_member(
            text, statement.part.node, "Condition", object_like(text, None, operator, block)
        )
    if not element.node.keys:
        return None
    if target := _operator(element, parse_operator(operator)):
        return as_one(text, element.node, [with_member(text, target.node, key, values)])
    sibling = next(iter(element.node.entries.values()))
    block = object_like(text, sibling if sibling.keys else None, key, values)
    return as_one(text, element.node, [with_member(text, element.node, operator, block)])


_KEYS_OF_SOURCE = ("aws:sourceaccount", "aws:sourcearn", "aws:sourceorg")
_KEYS_OF_PRINCIPAL = (
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorg",
    "aws:principaltag/",
)
# A statement with keys of both would apply to nobody, with one of these tests.
service_is_no_caller = _companion(
    "BoolIfExists", "aws:PrincipalIsAWSService", "false", beside=_KEYS_OF_SOURCE
)
"""Excepts AWS services from a test of the principal."""

only_if_service = _companion("Bool", "aws:PrincipalIsAWSService", "true", beside=_KEYS_OF_PRINCIPAL)
"""Limits a test of what a service acts for to services."""

source_is_known = _companion("Null", "aws:SourceAccount", "false", instead="aws:SourceArn")
"""Limits a test of what a service acts for to requests that say so."""

specific_attributes = _companion("StringEqualsIfExists", "dynamodb:Select", "SPECIFIC_ATTRIBUTES")
"""Keeps a query from asking for all attributes, which the list of attributes would not notice."""
