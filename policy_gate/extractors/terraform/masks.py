"""Attributes as a plan has them, with any value for what it does not tell or must not be shown."""

from __future__ import annotations

from policy_gate.extractors.terraform.assumptions import SENSITIVE, any_value
from policy_gate.extractors.terraform.changes import ResourceChange, value_at
from policy_gate.extractors.terraform.values import Located, Place, located

LATER = "it is known after apply"


def masked(change: ResourceChange, name: str, expression: str, place: Place) -> Located:
    """An attribute as the plan has it, with any value for what it does not tell."""
    return _masked(
        (change.after or {}).get(name),
        value_at(change.after_unknown, (name,)),
        True if change.after_sensitive is True else value_at(change.after_sensitive, (name,)),
        expression,
        place,
    )


def _masked(
    value: object, unknown: object, sensitive: object, expression: str, place: Place
) -> Located:
    if sensitive is True:
        return any_value(expression, SENSITIVE, place)
    if unknown is True:
        return any_value(expression, LATER, place)
    if isinstance(value, dict):
        names = {**value, **(unknown if isinstance(unknown, dict) else {})}
        children = {
            str(name): _masked(
                value.get(name),
                value_at(unknown, (name,)),
                value_at(sensitive, (name,)),
                f"{expression}.{name}",
                place,
            )
            for name in names
        }
        return Located(dict(children), place)
    if isinstance(value, list):
        items = [
            _masked(
                item,
                value_at(unknown, (index,)),
                value_at(sensitive, (index,)),
                f"{expression}[{index}]",
                place,
            )
            for index, item in enumerate(value)
        ]
        return Located(list(items), place)
    return located(value, place)
