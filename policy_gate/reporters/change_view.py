"""What a change adds and removes, in the words that reports for people share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from policy_gate.changes.wording import group_text, totals, undecided_text
from policy_gate.model import AccessChange, AccessGroup, ChangeKind, Comparison, Location
from policy_gate.reporters import wording

MAX_GROUPS = 20
"""Groups of actions of one policy that are shown, and open questions; JSON has every action."""

_TITLES = {
    ChangeKind.NEW: "new",
    ChangeKind.CHANGED: "changed",
    ChangeKind.REMOVED: "removed",
}


@dataclass(frozen=True, slots=True)
class AddedAccess:
    """Actions of one service that a policy allows now."""

    text: str
    """As `DynamoDB: +DeleteTable (write) on every table, statement 1, role.yaml:24`."""

    witness: str
    """A request that shows it, as a sentence."""


@dataclass(frozen=True, slots=True)
class ShownChange:
    """What a change does to one policy."""

    name: str
    kind: str
    """As `changed` or `changed, moved from old.yaml`."""

    place: str
    """As `role.yaml:24`; empty where it has none."""

    lifted: str
    """What no longer limits other policies; else empty."""

    added: list[AddedAccess]
    more_added: str
    """What is added beyond that, counted; else empty."""

    undecided: list[str]
    more_undecided: str
    removed: list[str]
    more_removed: str


def summary(comparison: Comparison) -> str:
    """As `Access since main (0123456789ab): 1 policy adds access; 5 policies unchanged`."""
    if comparison.error:
        return f"Access was not compared with {comparison.base}: {comparison.error}"
    told = totals(comparison.changes) or "no access is added, and none removed"
    unchanged = f"{wording.count(comparison.unchanged, 'policy', 'policies')} unchanged"
    if comparison.moved:
        unchanged += f", {comparison.moved} of them moved"
    return f"Access since {comparison.base}: {told}; {unchanged}"


def most_important_first(changes: Sequence[AccessChange]) -> list[AccessChange]:
    """Those that add access, then those that may, then those that only remove some."""
    return sorted(changes, key=lambda change: (not change.adds, not change.undecided))


def shown_change(change: AccessChange, show: Callable[[str], str] = str) -> ShownChange:
    """The texts of one policy, each as `show` makes it."""
    moved = f", moved from {change.moved_from}" if change.moved_from else ""
    added, undecided = change.added_groups[:MAX_GROUPS], change.undecided[:MAX_GROUPS]
    more = len(change.undecided) - len(undecided)
    return ShownChange(
        name=show(str(change.identity) or change.identity.file),
        kind=show(f"{_TITLES[change.kind]}{moved}"),
        place=show(_place(change.location)),
        lifted=show(change.lifted),
        added=[
            AddedAccess(show(_added(group, change.location)), show(wording.request(group.witness)))
            for group in added
        ],
        more_added=_more(change.added_groups, "+"),
        undecided=[show(undecided_text(item)) for item in undecided],
        more_undecided=f"{more} more: --format json has them all" if more > 0 else "",
        removed=[show(group_text(group, "-")) for group in change.removed_groups[:MAX_GROUPS]],
        more_removed=_more(change.removed_groups, "-"),
    )


def _added(group: AccessGroup, whole: Location | None) -> str:
    place = _place(group.location or whole)
    return f"{group_text(group)}, {place}" if place else group_text(group)


def _more(groups: Sequence[AccessGroup], sign: str) -> str:
    rest = groups[MAX_GROUPS:]
    if not rest:
        return ""
    actions = sum(len(group.actions) for group in rest)
    services = wording.count(len({group.service for group in rest}), "service")
    return f"{sign}{actions} more actions of {services}: --format json has them all"


def _place(location: Location | None) -> str:
    return f"{location.path}:{location.line}" if location else ""
