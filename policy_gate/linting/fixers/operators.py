"""Fixers that put a condition key under another operator, or a companion beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from policy_gate.linting.edits import Edit, as_one, literal, object_like, with_member, without
from policy_gate.linting.fix import Fix, Fixer, first_condition, spot_of, statement_of
from policy_gate.linting.nearest import nearest_operator
from policy_gate.linting.operators import Operator, parse_operator
from policy_gate.linting.rule import quoted
from policy_gate.linting.view import Condition, Part, Place, PolicyView, Statement

_NULL = Operator("", "Null", if_exists=False)
_LIKE = {"StringEquals": "StringLike", "StringNotEquals": "StringNotLike"}
_ARN_LIKE = {"StringLike": "ArnLike", "StringNotLike": "ArnNotLike"}
_OF_TYPES: dict[str, tuple[dict[str, str], re.Pattern[str]]] = {
    "Bool": ({"StringEquals": "Bool"}, re.compile("true|false", re.IGNORECASE)),
    "Numeric": (
        {"StringEquals": "NumericEquals", "StringNotEquals": "NumericNotEquals"},
        re.compile(r"-?\d+(\.\d+)?", re.ASCII),
    ),
    "IPAddress": (
        {
            "StringEquals": "IpAddress",
            "StringLike": "IpAddress",
            "StringNotEquals": "NotIpAddress",
            "StringNotLike": "NotIpAddress",
        },
        re.compile(r"[\da-f.:]+(/\d+)?", re.ASCII | re.IGNORECASE),
    ),
}
"""By type of a condition key, the operators instead of those of strings, and how values look."""


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
    """Compares with the operator that takes wildcards."""
    return _with_name(policy, places, _LIKE)


def with_arn_like(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Compares ARNs as ARNs."""
    return _with_name(policy, places, _ARN_LIKE)


def _with_name(policy: PolicyView, places: Sequence[Place], names: Mapping[str, str]) -> Fix | None:
    condition = first_condition(policy, places)
    name = names.get(condition.operator.name) if condition else None
    if condition is None or name is None:
        return None
    return _with_operator(policy, condition, condition.operator._replace(name=name))


def operator_of_type(type_of: Callable[[PolicyView, str], str | None]) -> Fixer:
    """Makes the fixer that compares strings as the type of their condition key, if they are such.

    `type_of` is the type of a key, as `Bool`.
    """

    def fixer(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
        condition = first_condition(policy, places)
        kind = type_of(policy, condition.key) if condition else None
        names, values = _OF_TYPES.get((kind or "").removeprefix("ArrayOf"), ({}, None))
        if condition is None or values is None or not condition.texts:
            return None
        if not all(values.fullmatch(text.value) for text in condition.texts):
            return None
        return _with_name(policy, places, names)

    return fixer


def without_qualifier(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Compares the one value of a key without ForAllValues or ForAnyValue."""
    condition = first_condition(policy, places)
    if condition is None or not condition.operator.qualifier:
        return None
    return _with_operator(policy, condition, condition.operator._replace(qualifier=""))


def _with_operator(policy: PolicyView, condition: Condition, operator: Operator) -> Fix | None:
    edit = _moved(policy, condition, operator)
    description = (
        f"Test {quoted(condition.key)} with {operator} instead of {condition.operator_name}."
    )
    return Fix(description, (edit,), safe=False) if edit else None


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


def companion_test(operator: str, key: str, value: str, *others: str) -> Fixer:
    """Makes the fixer that adds a test to those of a statement.

    There is none where the statement tests the key, or one of the others, in this way already.
    """
    name = parse_operator(operator).name

    def fixer(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
        statement = statement_of(policy, places[0])
        if statement is None or any(
            condition.operator.name == name
            for condition in statement.conditions_on(*map(str.lower, (key, *others)))
        ):
            return None
        edit = _with_test(policy, statement, operator, key, literal(value))
        description = f"Test {quoted(key)} too, with {operator} and the value {quoted(value)}."
        return Fix(description, (edit,), safe=False) if edit else None

    return fixer


def _with_test(
    policy: PolicyView, statement: Statement, operator: str, key: str, value: str
) -> Edit | None:
    element = statement.element("Condition")
    if element is None or not element.node.keys:
        return None
    text = policy.text
    if target := _operator(element, parse_operator(operator)):
        return as_one(text, element.node, [with_member(text, target.node, key, value)])
    sibling = next(iter(element.node.entries.values()))
    block = object_like(text, sibling if sibling.keys else None, key, value)
    return as_one(text, element.node, [with_member(text, element.node, operator, block)])


service_is_no_caller = companion_test("BoolIfExists", "aws:PrincipalIsAWSService", "false")
"""Excepts AWS services from a test of the principal."""

only_if_service = companion_test("Bool", "aws:PrincipalIsAWSService", "true")
"""Limits a test of what a service acts for to services."""

source_is_known = companion_test("Null", "aws:SourceAccount", "false", "aws:SourceArn")
"""Limits a test of what a service acts for to requests that say so."""

specific_attributes = companion_test(
    "StringEqualsIfExists", "dynamodb:Select", "SPECIFIC_ATTRIBUTES"
)
"""Keeps a query from asking for all attributes, which the list of attributes would not notice."""
