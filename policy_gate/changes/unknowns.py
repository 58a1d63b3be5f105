"""The same unknown on both sides of a comparison.

Where the same parameter without a value stands in both versions of a policy, it has one value in
both, which nobody knows. Two things follow, so that it makes no noise and hides nothing:

- In a place that allows more the more it matches (an Action, a Resource, a Principal, a condition
  that asks for equal text), both versions get the same literal, which nothing else matches. What
  one version covers of the other for that literal it covers for every value: whatever covers it is
  either the same unknown or a `*` that would cover any text. (A value between the colons of an ARN
  that holds colons is the exception: the question is put once more with texts of which nothing is
  known from there on, but that the same text is the same.) What excludes some texts there, as
  a NotResource, covers the literal and need not cover the value: it does not count.
- In any other place (NotAction, NotResource, NotPrincipal, a negated condition, one on numbers,
  dates, addresses or ARNs) the part is a guard. Two statements with the same guard are compared
  without it: where it holds it holds for both. Without the same guard on the other side, the new
  version is taken at its widest and the old one at its narrowest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from policy_gate.casing import folded
from policy_gate.changes.statements import assumptions_in, name_of, written
from policy_gate.checks.covering import covers_of
from policy_gate.model import Assumption, AssumptionKind, DeferredText, Value

Place: TypeAlias = tuple[str, ...]
Guards: TypeAlias = Mapping[Hashable, Place]
"""Parts of a statement by what is written there, with their keys."""

_DIVIDING_COLONS = 5

_EXCLUDING = {"NotAction": "Action", "NotResource": "Resource", "NotPrincipal": "Principal"}
_EQUAL_TEXT = re.compile(
    r"(?:for(?:all|any)values?:)?string(equals|like|equalsignorecase)(?:ifexists)?", re.IGNORECASE
)
_READINGS = ("equals", "like", "equalsignorecase")
"""How operators read a text: as it is, with wildcards, in any case. To each of them another one of
the values of an unknown is special, so that its literals differ."""


def supplied_in(values: Iterable[Value]) -> frozenset[Hashable]:
    """The unknowns in the values."""
    parts = assumptions_in(values)
    return frozenset(name_of(part) for part in parts if part.kind is AssumptionKind.SUPPLIED)


def guards_of(statement: Mapping[str, Value]) -> Guards:
    """The parts of a statement that hold an unknown where its literal would prove nothing."""
    found: dict[Hashable, Place] = {}
    for element in _EXCLUDING:
        if element in statement and supplied_in([statement[element]]):
            found[element, written(statement[element])] = (element,)
    condition = statement.get("Condition")
    if isinstance(condition, DeferredText):
        found["Condition", written(condition)] = ("Condition",)
    for operator, keys in condition.items() if isinstance(condition, dict) else ():
        if not isinstance(keys, dict):
            if supplied_in([keys]):
                found[operator, written(keys)] = ("Condition", operator)
            continue
        for key, value in keys.items():
            if supplied_in([value]) and not _EQUAL_TEXT.fullmatch(operator):
                found[operator, key, written(value)] = ("Condition", operator, key)
    return found


def without(statement: Mapping[str, Value], places: Iterable[Place]) -> dict[str, Value]:
    """The statement without some of its guards."""
    left = dict(statement)
    for place in places:
        first, *inside = place
        if first in _EXCLUDING:
            del left[first]
            left[_EXCLUDING[first]] = "*"
            continue
        left["Condition"] = _dropped(left["Condition"], inside)
        if not left["Condition"]:
            del left["Condition"]
    return left


def _dropped(value: Value, way: list[str]) -> Value:
    if not way or not isinstance(value, dict):
        return {}
    first, *rest = way
    left = {key: child for key, child in value.items() if key != first}
    if rest and (inner := _dropped(value[first], rest)):
        left[first] = inner
    return left


def open_dimensions(statement: Mapping[str, Value], shared: frozenset[Hashable]) -> frozenset[str]:
    """Where the statement has unknowns that get literals: elements, and condition keys."""
    found = {
        element for element in _EXCLUDING.values() if supplied_in([statement.get(element)]) & shared
    }
    condition = statement.get("Condition")
    for operator, keys in condition.items() if isinstance(condition, dict) else ():
        if isinstance(keys, dict) and _EQUAL_TEXT.fullmatch(operator):
            found |= {folded(key) for key in keys if supplied_in([keys[key]]) & shared}
    return frozenset(found)


def excludes_in(statement: Mapping[str, Value], dimensions: frozenset[str]) -> bool:
    """Does the statement match all but some texts in one of the dimensions?"""
    if any(element in statement for element in _EXCLUDING if _EXCLUDING[element] in dimensions):
        return True
    condition = statement.get("Condition")
    return any(
        "not" in operator.lower() and not dimensions.isdisjoint(map(folded, keys))
        for operator, keys in (condition.items() if isinstance(condition, dict) else ())
        if isinstance(keys, dict)
    )


def with_literals(
    statement: Mapping[str, Value], shared: frozenset[Hashable], *, colons: bool
) -> dict[str, Value]:
    """The statement with what both sides know as a literal of its own, where that is the same.

    With `colons`, a value that may divide an ARN holds colons.
    """

    def literal(text: DeferredText) -> DeferredText:
        is_shared = supplied_in([text]) <= shared
        if colons and is_shared and divides_arn(text):
            return _opaque(text)
        return DeferredText(tuple(_literal(part, shared) for part in text.parts))

    changed = dict(statement)
    for element in ("Action", "Resource", "Principal"):
        if element in changed:
            changed[element] = _each(changed[element], literal)
    if isinstance(condition := changed.get("Condition"), dict):
        changed["Condition"] = {
            operator: _each(keys, partial(_as_read, operator, shared))
            for operator, keys in condition.items()
        }
    return changed


def _as_read(operator: str, shared: frozenset[Hashable], text: DeferredText) -> DeferredText:
    """The literals of a condition value, if its operator asks for equal text."""
    read = _EQUAL_TEXT.fullmatch(operator)
    if read is None:
        return text
    how = read[1].lower()
    return DeferredText(tuple(_literal(part, shared, how) for part in text.parts))


def readings_of(part: Assumption) -> Iterable[Assumption]:
    """What stands for an unknown in the conditions that read it in one way or another."""
    for how in _READINGS:
        yield replace(part, stand_in=f"{how} {part.stand_in}")


def _literal(
    part: str | Assumption, shared: frozenset[Hashable], how: str = ""
) -> str | Assumption:
    if isinstance(part, str) or name_of(part) not in shared:
        return part
    stand_in = f"{how} {part.stand_in}" if how else part.stand_in
    return replace(part, kind=AssumptionKind.CREATED_HERE, stand_in=stand_in)


def _opaque(text: DeferredText) -> DeferredText:
    """An ARN that is alike up to the first value with colons, and then like no other text's."""
    shared = supplied_in([text])
    before: list[str | Assumption] = []
    for end, part in enumerate(text.parts):
        if isinstance(part, Assumption) and divides_arn(DeferredText(text.parts[: end + 1])):
            fresh = replace(part, kind=AssumptionKind.CREATED_HERE, stand_in=f"text {text}")
            after: list[str | Assumption] = [":", fresh]
            return DeferredText((*before, fresh, *after * _DIVIDING_COLONS))
        before.append(_literal(part, shared))
    return text


def divides_arn(text: DeferredText) -> bool:
    """May a value in it hold a colon where colons divide an ARN?"""
    return any(cover.has_open_segments for cover in covers_of(text))


def _each(value: Value, change: Callable[[DeferredText], DeferredText]) -> Value:
    if isinstance(value, DeferredText):
        return change(value)
    if isinstance(value, dict):
        return {key: _each(child, change) for key, child in value.items()}
    if isinstance(value, list):
        return [_each(child, change) for child in value]
    return value
