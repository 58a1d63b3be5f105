"""What fixers share: strings rewritten, parts removed, and how a description names them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from policy_gate.linting.edits import Edit, as_one, literal, without
from policy_gate.linting.fix import Fix, Spot, spot_of
from policy_gate.linting.rule import quoted
from policy_gate.linting.view import Place, PolicyView, Statement
from policy_gate.syntax.node import Node

_LISTED = 3


def listed(values: Sequence[str]) -> str:
    """As `"a", "b", "c" and 4 more`."""
    more = len(values) - _LISTED
    names = [quoted(value) for value in values[: _LISTED if more > 0 else None]]
    last = f"{more} more" if more > 0 else names.pop()
    return f"{', '.join(names)} and {last}" if names else last


def replacement(node: Node, value: str) -> Edit:
    """Writes a string in place of a value."""
    return Edit(node.start, node.end, literal(value))


def rewritten(spot: Spot, value: str, *, safe: bool) -> Fix | None:
    """Writes another string in place of one."""
    if spot.text is None or spot.text == value:
        return None
    description = f"Write {quoted(value)} instead of {quoted(spot.text)}."
    return Fix(description, (replacement(spot.part.node, value),), safe)


def corrected(
    policy: PolicyView, places: Sequence[Place], correct: Callable[[str], str | None]
) -> Fix | None:
    """Writes what `correct` makes of the string of a finding: a guess."""
    spot = spot_of(policy, places[0])
    value = correct(spot.text) if spot and spot.text is not None else None
    return rewritten(spot, value, safe=False) if spot and value is not None else None


def renamed(policy: PolicyView, spot: Spot, name: str) -> Fix | None:
    """Gives a key another name, unless the object has one of that name; another case is safe."""
    key, owner = str(spot.step), spot.owner.node
    if key not in owner.keys or name in owner.keys:
        return None
    edit = as_one(policy.text, owner, [Edit(*owner.keys[key], literal(name))])
    safe = key.lower() == name.lower()
    return Fix(f"Write {quoted(name)} instead of {quoted(key)}.", (edit,), safe)


def member_removed(policy: PolicyView, places: Sequence[Place], reason: str = "") -> Fix | None:
    """Removes the member of an object that a finding names."""
    spot = spot_of(policy, places[0])
    if spot is None or isinstance(spot.step, int):
        return None
    description = f"Remove {spot.step}{reason}."
    return Fix(description, tuple(without(spot.owner.node, [spot.step])), safe=True)


def statement_removed(policy: PolicyView, statements: Sequence[Statement]) -> list[Edit]:
    """Removes statements; nothing where no other would be left."""
    container = policy.root.member("Statement")
    if container is None or not isinstance(container.value, list):
        return []
    nodes = {id(statement.part.node) for statement in statements}
    steps = {index for index, node in enumerate(container.value) if id(node) in nodes}
    return without(container.node, steps) if 0 < len(steps) < len(container.value) else []


def named(policy: PolicyView, statement: Statement) -> str:
    """As `the statement "Read"` or `statement 2`, counted from 1."""
    sids = [sid.value for item in policy.statements if (sid := item.text("Sid"))]
    sid = statement.text("Sid")
    if sid and sid.value and sids.count(sid.value) == 1:
        return f"the statement {quoted(sid.value)}"
    return f"statement {policy.statements.index(statement) + 1}"
