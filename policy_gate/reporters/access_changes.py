"""What a change adds and removes, as JSON values and as lines of the console report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from policy_gate.changes.wording import group_text, totals, undecided_text
from policy_gate.model import (
    AccessChange,
    AccessGroup,
    ActionChange,
    ChangeKind,
    Comparison,
    Location,
    UndecidedAccess,
)
from policy_gate.reporters import wording
from policy_gate.reporters.json_report import location_object, policy_object, witness_object
from policy_gate.reporters.terminal import Style, Terminal

_MAX_GROUPS = 20
"""Groups of actions of one policy that the console shows; JSON has every action."""

_TITLES = {
    ChangeKind.NEW: "new",
    ChangeKind.CHANGED: "changed",
    ChangeKind.REMOVED: "removed",
}


def comparison_object(comparison: Comparison) -> dict[str, object]:
    return {
        "base": comparison.base,
        "error": comparison.error or None,
        "unchanged": comparison.unchanged,
        "moved": comparison.moved,
        "changes": [change_object(change) for change in comparison.changes],
    }


def change_object(change: AccessChange) -> dict[str, object]:
    return {
        "policy": policy_object(change.identity),
        "kind": change.kind.value,
        "moved_from": change.moved_from or None,
        "location": location_object(change.location) if change.location else None,
        **access_object(change),
        "lifted": change.lifted or None,
    }


def access_object(change: AccessChange) -> dict[str, list[dict[str, object]]]:
    """`added`, `removed` and `undecided`, every action of them."""
    return {
        "added": [_action(item, "noLongerDeniedBy") for item in change.added],
        "removed": [_action(item, "deniedBy") for item in change.removed],
        "undecided": [_undecided(item) for item in change.undecided],
    }


def _action(item: ActionChange, denied_by: str) -> dict[str, object]:
    made: dict[str, object] = {
        "action": item.action,
        "access_level": item.access_level,
        "statementIndex": item.statement_index,
        "witness": witness_object(item.witness),
    }
    if item.denied_by is not None:
        made[denied_by] = item.denied_by
    if item.world:
        made["world"] = item.world
    return made


def _undecided(item: UndecidedAccess) -> dict[str, object]:
    return {
        "actions": list(item.actions),
        "statementIndex": item.statement_index,
        "message": item.message,
    }


def write_comparison(comparison: Comparison, terminal: Terminal) -> None:
    """What is added first, with one request for each group; then what is open and what is gone."""
    if comparison.error:
        return
    summary = totals(comparison.changes) or "no access is added, and none removed"
    unchanged = f"{wording.count(comparison.unchanged, 'policy', 'policies')} unchanged"
    if comparison.moved:
        unchanged += f", {comparison.moved} of them moved"
    for line in terminal.wrap(f"Access since {comparison.base}: {summary}; {unchanged}"):
        terminal.line(line, "bold")
    for change in comparison.changes:
        write_change(change, terminal)
    terminal.line()


def write_change(change: AccessChange, terminal: Terminal) -> None:
    moved = f", moved from {change.moved_from}" if change.moved_from else ""
    name = str(change.identity) or change.identity.file
    place = _place(change.location)
    for line in terminal.wrap(f"{name} ({_TITLES[change.kind]}{moved}){place}", "  ", "    "):
        terminal.line(line)
    if change.lifted:
        _write(f"! {change.lifted}", "red", terminal)
    _write_groups(change.added_groups, "+", change.location, terminal)
    for item in change.undecided:
        _write(f"? undecided: {undecided_text(item)}", "yellow", terminal)
    _write_groups(change.removed_groups, "-", change.location, terminal)


def _write_groups(
    groups: Sequence[AccessGroup], sign: str, whole: Location | None, terminal: Terminal
) -> None:
    style: Style = "red" if sign == "+" else "green"
    for group in groups[:_MAX_GROUPS]:
        place = _place(group.location or whole) if sign == "+" else ""
        _write(f"{group_text(group, sign)}{place}", style, terminal)
        if sign == "+":
            for line in terminal.wrap(wording.request(group.witness), "      as ", "         "):
                terminal.line(line, "dim")
    for line in _more(groups, sign):
        _write(line, style, terminal)


def _more(groups: Sequence[AccessGroup], sign: str) -> Iterable[str]:
    rest = groups[_MAX_GROUPS:]
    if rest:
        actions = sum(len(group.actions) for group in rest)
        services = len({group.service for group in rest})
        yield (
            f"{sign}{actions} more actions of {wording.count(services, 'service')}:"
            " --format json has them all"
        )


def _write(text: str, style: Style, terminal: Terminal) -> None:
    for line in terminal.wrap(text, "    ", "      "):
        terminal.line(line, style)


def _place(location: Location | None) -> str:
    return f", {location.path}:{location.line}" if location else ""
