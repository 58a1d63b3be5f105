"""Fixers that remove what another entry, statement or value covers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from policy_gate.linting.arns import arn_of
from policy_gate.linting.covering import covered_entries
from policy_gate.linting.edits import without
from policy_gate.linting.fix import Fix, Spot, condition_of, spots_of, statement_of
from policy_gate.linting.fixers.common import listed, named, statement_removed
from policy_gate.linting.rule import quoted
from policy_gate.linting.view import Place, PolicyView

_NUMBER = re.compile(r"[-+]?\d{1,30}(\.\d{1,30})?", re.ASCII)
_LOOSEST: dict[str, Callable[[Sequence[Decimal]], Decimal]] = {
    "NumericLessThan": max,
    "NumericLessThanEquals": max,
    "NumericGreaterThan": min,
    "NumericGreaterThanEquals": min,
}


def redundant_actions(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Removes the actions of an array that another one covers."""
    return _without_covered(policy, places, str.lower, arns=False)


def redundant_resources(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Removes the resources of an array that another one covers."""
    return _without_covered(policy, places, str, arns=True)


def _without_covered(
    policy: PolicyView, places: Sequence[Place], normal: Callable[[str], str], *, arns: bool
) -> Fix | None:
    spots = spots_of(policy, places)
    texts = [spot.text for spot in spots if spot.text is not None]
    if len(texts) < max(len(spots), 2):
        return None
    covered = covered_entries([normal(text) for text in texts], arns=arns)
    if not covered:
        return None
    gone = [texts[index] for index in sorted(covered)]
    covering = [texts[index] for index in dict.fromkeys(covered.values())]
    verb = "covers" if len(covering) == 1 else "cover"
    if all(normal(text) == normal(covering[0]) for text in gone):
        description = f"Remove the repeated {quoted(gone[0])}."
    else:
        description = f"Remove {listed(gone)}, which {listed(covering)} {verb}."
    return _removal(spots, [spots[index].step for index in covered], description)


def _removal(spots: Sequence[Spot], steps: Sequence[str | int], description: str) -> Fix:
    return Fix(description, tuple(without(spots[0].owner.node, steps)), safe=True)


def redundant_statements(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Keeps the first of statements that say the same."""
    statements = [item for place in places if (item := statement_of(policy, place))]
    if len(statements) < max(len(places), 2):
        return None
    first, *others = statements
    edits = statement_removed(policy, others)
    names = [named(policy, item) for item in others]
    shown = f"{names[0]} and {len(names) - 1} more" if len(names) > 1 else names[0]
    verb = "repeats" if len(names) == 1 else "repeat"
    description = f"Remove {shown}, which {verb} {named(policy, first)}."
    return Fix(description, tuple(edits), safe=True) if edits else None


def loosest_number(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Keeps the value of a numeric comparison that is true whenever another one is."""
    condition = condition_of(policy, places[0])
    loosest = _LOOSEST.get(condition.operator.name) if condition else None
    if condition is None or loosest is None or not isinstance(condition.values.value, list):
        return None
    written = [
        policy.text[entry.place.start : entry.place.end].strip('"')
        for entry in condition.values.entries()
    ]
    if len(written) < 2 or not all(map(_NUMBER.fullmatch, written)):
        return None
    numbers = [Decimal(value) for value in written]
    kept = numbers.index(loosest(numbers))
    gone = [index for index in range(len(numbers)) if index != kept]
    description = (
        f"Remove {listed([written[index] for index in gone])} from the values of "
        f"{quoted(condition.key)}: {written[kept]} decides."
    )
    return Fix(description, tuple(without(condition.values.node, gone)), safe=True)


def redundant_sessions(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Removes the role sessions of a principal array whose role stands there too."""
    spots = [spot for spot in spots_of(policy, places) if _role_of(spot.text or "")]
    if not spots or not isinstance(spots[0].owner.value, list):
        return None
    beside = [entry.value for entry in spots[0].owner.value if isinstance(entry.value, str)]
    sessions = [spot for spot in spots if _role_of(spot.text or "") in beside]
    if not sessions:
        return None
    gone = [spot.text or "" for spot in sessions]
    description = f"Remove {listed(gone)}: the role itself covers its sessions."
    return _removal(sessions, [spot.step for spot in sessions], description)


def _role_of(principal: str) -> str | None:
    """The ARN of the role of a session, where the role has no path."""
    arn = arn_of(principal)
    kind, _, rest = arn.resource.partition("/") if arn else ("", "", "")
    role, slash, _ = rest.partition("/")
    if arn is None or arn.service != "sts" or kind != "assumed-role" or not slash:
        return None
    return f"arn:{arn.partition}:iam::{arn.account}:role/{role}"
