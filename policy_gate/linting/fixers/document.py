"""Fixers of the document: its version, ids of statements, JSON types, empty elements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from policy_gate.linting.edits import Edit, with_first_member, without
from policy_gate.linting.fix import Fix, Spot, spot_of, statement_of
from policy_gate.linting.fixers.common import named, replacement, rewritten, statement_removed
from policy_gate.linting.fixers.values import as_string, without_operator
from policy_gate.linting.nearest import nearest
from policy_gate.linting.rule import quoted
from policy_gate.linting.view import PRINCIPAL_ELEMENTS, Place, PolicyView
from policy_gate.syntax.node import Node

_VERSION = "2012-10-17"
_STRINGS = ("Version", "Id", "Sid", "Effect")
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_ALPHANUMERIC = re.compile(r"[^A-Za-z0-9]")


def with_version(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Adds the version; with it, what looks like a policy variable becomes one."""
    del places
    root = policy.root.node
    if not isinstance(root.value, dict) or any(nearest(key, ["Version"]) for key in root.keys):
        return None
    edit = with_first_member(policy.text, root, "Version", f'"{_VERSION}"')
    safe = not any("${" in text for text in _strings(root))
    description = f"Add the Version {quoted(_VERSION)} at the beginning of the policy."
    return Fix(description, (edit,), safe)


def _strings(node: Node) -> Iterator[str]:
    if isinstance(node.value, str):
        yield node.value
    for key, child in node.entries.items():
        yield key
        yield from _strings(child)
    if isinstance(node.value, list):
        for child in node.value:
            yield from _strings(child)


def repeated_sids(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Numbers the ids of statements from the second one on."""
    spots = [spot for place in places if (spot := spot_of(policy, place))]
    sids = [spot.text for spot in spots if spot.text is not None]
    if len(sids) < max(len(places), 2):
        return None
    taken = _sids(policy)
    edits, names = [], []
    for spot in spots[1:]:
        name = _free(str(spot.text), taken)
        taken.add(name)
        names.append(name)
        edits.append(replacement(spot.part.node, name))
    where = "the second statement" if len(names) == 1 else "the second statement and so on"
    description = f"Write {quoted(names[0])} instead of {quoted(sids[0])} in {where}."
    return Fix(description, tuple(edits), safe=True)


def alphanumeric_sid(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Leaves out of an id what is neither letter nor digit."""
    spot = spot_of(policy, places[0])
    if spot is None or spot.text is None:
        return None
    name = _ALPHANUMERIC.sub("", spot.text)
    if not name:
        return without_sid(policy, places)
    taken = _sids(policy)
    return rewritten(spot, name if name not in taken else _free(name, taken), safe=True)


def _sids(policy: PolicyView) -> set[str]:
    return {sid.value for item in policy.statements if (sid := item.text("Sid"))}


def _free(sid: str, taken: set[str]) -> str:
    """The id with the first number that makes it new."""
    number = 2
    while f"{sid}{number}" in taken:
        number += 1
    return f"{sid}{number}"


def without_sid(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Removes an id that says nothing."""
    spot = spot_of(policy, places[0])
    if spot is None or spot.step != "Sid":
        return None
    edits = without(spot.owner.node, ["Sid"])
    return Fix(f"Remove the Sid {quoted(spot.text or '')}.", tuple(edits), safe=True)


def wrong_type(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Takes an array away from around one string, and writes the number of an account as one."""
    spot = spot_of(policy, places[0])
    if spot is None:
        return None
    node, value = spot.part.node, spot.part.value
    if isinstance(value, list):
        if not value or not (_holds_statements(spot) or _holds_strings(spot)):
            return None
        edit = Edit(node.start, node.end, policy.text[value[0].start : value[-1].end])
        description = f"Write what the list {_position(spot)} holds without that list."
        return Fix(description, (edit,), safe=True)
    if type(value) is not int or not (spot.step == "Sid" or _is_account(spot)):
        return None
    description = f"Write {quoted(str(value))} as a string."
    return Fix(description, (as_string(policy.text, node),), safe=True)


def _holds_strings(spot: Spot) -> bool:
    """Is it a list of strings in a list, or of one where a string belongs?"""
    value = spot.part.value
    if not isinstance(value, list) or not all(isinstance(item.value, str) for item in value):
        return False
    is_nested = isinstance(spot.step, int) and spot.part.path[0] != {"index": spot.step}
    return is_nested or (spot.step in _STRINGS and len(value) == 1)


def _holds_statements(spot: Spot) -> bool:
    """Is it a list of statements in the list of statements?"""
    value = spot.part.value
    if not isinstance(value, list) or spot.part.path[:-1] != ({"value": "Statement"},):
        return False
    return all(isinstance(item.value, dict) for item in value)


def _position(spot: Spot) -> str:
    return f"in {spot.step}" if isinstance(spot.step, str) else f"at position {spot.step + 1}"


def _is_account(spot: Spot) -> bool:
    return _is_principal(spot) and _ACCOUNT.fullmatch(str(spot.part.value)) is not None


def _is_principal(spot: Spot) -> bool:
    steps = [element.get("value") for element in spot.part.path]
    return any(name in steps for name in PRINCIPAL_ELEMENTS)


def empty_statement(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Removes a statement of no action, resource or principal, where another one is left.

    One with an empty NotAction, NotResource or NotPrincipal is about all of them.
    """
    spot, statement = spot_of(policy, places[0]), statement_of(policy, places[0])
    edits = statement_removed(policy, [statement]) if statement else []
    if spot is None or statement is None or not edits:
        return None
    if spot.step not in ("Action", "Resource", "Principal"):
        return None
    description = f"Remove {named(policy, statement)}, which names no {str(spot.step).lower()}."
    return Fix(description, tuple(edits), safe=True)


def empty_principal_kind(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Removes a kind of principals without any, where the element has others."""
    spot = spot_of(policy, places[0])
    if spot is None or not _is_principal(spot) or len(spot.owner.node.keys) < 2:
        return None
    edits = without(spot.owner.node, [spot.step])
    return Fix(f"Remove {quoted(str(spot.step))}, which names nobody.", tuple(edits), safe=True)


def empty_condition(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Removes a Condition, or one of its operators, that tests nothing."""
    spot, statement = spot_of(policy, places[0]), statement_of(policy, places[0])
    if spot is None or statement is None:
        return None
    if spot.step == "Condition":
        edits = without(statement.part.node, ["Condition"])
    else:
        edits = without_operator(statement.part, str(spot.step))
    description = f"Remove {quoted(str(spot.step))}, which tests nothing."
    return Fix(description, tuple(edits), safe=True) if edits else None
