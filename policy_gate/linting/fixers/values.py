"""Fixers of the values of conditions, and of condition keys that stand twice or say nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

from policy_gate.linting.edits import Edit, as_one, literal, without
from policy_gate.linting.fix import Fix, Spot, condition_of, spot_of, spots_of, statement_of
from policy_gate.linting.fixers.common import (
    listed,
    named,
    rewritten,
    statement_removed,
)
from policy_gate.linting.rule import quoted
from policy_gate.linting.view import Part, Place, PolicyView
from policy_gate.syntax.node import Node

_YEAR = re.compile(r"(19[7-9]|20|21)\d\d", re.ASCII)
_SECONDS = re.compile(r"\d{9,10}", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BOOLEANS = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}


def plain_boolean(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes true or false where it is plain which of them is meant."""
    spot = spot_of(policy, places[0])
    if spot is None or spot.text is None:
        return None
    word = spot.text.strip().lower()
    is_boolean = word in ("true", "false")
    value = word if is_boolean else _BOOLEANS.get(word)
    return rewritten(spot, value, safe=is_boolean) if value else None


def one_boolean(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Keeps the first of several booleans that are all the same."""
    condition = condition_of(policy, places[0])
    values = [str(entry.value).lower() for entry in condition.values.entries()] if condition else []
    if condition is None or len(values) < 2 or len(set(values)) > 1:
        return None
    edits = without(condition.values.node, range(1, len(values)))
    description = f"Write {quoted(values[0])} once as the value of {quoted(condition.key)}."
    return Fix(description, tuple(edits), safe=True)


def values_as_strings(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes numbers and booleans as the strings that AWS takes them for."""
    condition = condition_of(policy, places[0])
    entries = [] if condition is None else list(condition.values.entries())
    others = [entry for entry in entries if not isinstance(entry.value, str)]
    if condition is None or not others or not all(isinstance(part.value, int) for part in others):
        return None
    edits = tuple(as_string(policy.text, entry.node) for entry in others)
    return Fix(f"Write all values of {quoted(condition.key)} as strings.", edits, safe=True)


def as_string(text: str, node: Node) -> Edit:
    """Writes a whole number or a boolean as a string."""
    return Edit(node.start, node.end, literal(text[node.start : node.end]))


def network_address(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes the address of the network where one of its hosts is written."""
    spot = spot_of(policy, places[0])
    try:
        block = str(ip_network(spot.text or "", strict=False)) if spot else ""
    except ValueError:
        return None
    return rewritten(spot, block, safe=True) if spot else None


def without_private_addresses(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Removes the private addresses from which no request arrives, where others are left."""
    spots = spots_of(policy, places)
    if not spots or not isinstance(spots[0].owner.value, list):
        return None
    if len(spots) == len(spots[0].owner.value):
        return None
    condition = condition_of(policy, places[0])
    key = f" from {quoted(condition.key)}" if condition else ""
    description = f"Remove {listed([spot.text or '' for spot in spots])}{key}."
    edits = without(spots[0].owner.node, [spot.step for spot in spots])
    return Fix(description, tuple(edits), safe=False)


def iso_date(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes the seconds since 1970 as a date, and a year, which is taken for seconds, too."""
    spot = spot_of(policy, places[0])
    written = spot.text if spot else None
    if written is None and spot and isinstance(spot.part.value, int):
        written = str(spot.part.value)
    if spot is None or written is None:
        return None
    if _YEAR.fullmatch(written):
        moment, safe = f"{written}-01-01T00:00:00Z", False
    elif _SECONDS.fullmatch(written):
        moment = (_EPOCH + timedelta(seconds=int(written))).strftime("%Y-%m-%dT%H:%M:%SZ")
        safe = True
    else:
        return None
    edit = Edit(spot.part.node.start, spot.part.node.end, literal(moment))
    return Fix(f"Write {quoted(moment)} instead of {quoted(written)}.", (edit,), safe)


def without_test(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Removes a test that always holds, and what is left empty around it."""
    condition = condition_of(policy, places[0])
    if condition is None:
        return None
    if len(condition.block.node.keys) > 1:
        edits = without(condition.block.node, [condition.key])
    else:
        edits = without_operator(condition.statement.part, condition.operator_name)
    description = f"Remove the test of {quoted(condition.key)}, which always holds."
    return Fix(description, tuple(edits), safe=True) if edits else None


def without_operator(statement: Part, operator: str) -> list[Edit]:
    """Removes a condition operator, and the Condition if it has no other."""
    element = statement.member("Condition")
    if element is None or len(element.node.keys) < 2:
        return without(statement.node, ["Condition"])
    return without(element.node, [operator])


def statement_that_never_applies(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Removes a statement that applies to no request, where another is left."""
    statement = statement_of(policy, places[0])
    edits = statement_removed(policy, [statement]) if statement else []
    if statement is None or not edits:
        return None
    description = f"Remove {named(policy, statement)}, which applies to nothing."
    return Fix(description, tuple(edits), safe=True)


def one_key(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes a key once that differs in case alone, with the values of all.

    Two tests must hold both, of several values one is enough: it is safe where they are the same.
    """
    spots = spots_of(policy, places)
    if len(spots) < 2 or len({str(spot.step).lower() for spot in spots}) > 1:
        return None
    first, *others = spots
    block = first.owner.node
    written = list(dict.fromkeys(item for spot in spots for item in _written(policy, spot)))
    gone = without(block, [spot.step for spot in others])
    safe = all(set(_written(policy, spot)) == set(written) for spot in spots)
    if not safe:
        node = first.part.node
        gone.append(Edit(node.start, node.end, f"[{', '.join(written)}]"))
    with_values = "" if safe else ", with the values of all"
    description = f"Write {quoted(str(first.step))} once{with_values}."
    return Fix(description, (as_one(policy.text, block, gone),), safe)


def _written(policy: PolicyView, spot: Spot) -> list[str]:
    """The values of a condition key, each as JSON text."""
    return [
        literal(entry.value)
        if isinstance(entry.value, str)
        else policy.text[entry.node.start : entry.node.end]
        for entry in spot.part.entries()
    ]
