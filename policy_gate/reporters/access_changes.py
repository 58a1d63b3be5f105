"""What a change adds and removes, as JSON values and as lines of the console report."""

from __future__ import annotations

from policy_gate.model import AccessChange, ActionChange, Comparison, UndecidedAccess
from policy_gate.reporters.change_view import shown_change, summary
from policy_gate.reporters.json_report import location_object, policy_object, witness_object
from policy_gate.reporters.terminal import Style, Terminal


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
    for line in terminal.wrap(summary(comparison)):
        terminal.line(line, "bold")
    for change in comparison.changes:
        write_change(change, terminal)
    terminal.line()


def write_change(change: AccessChange, terminal: Terminal) -> None:
    shown = shown_change(change)
    place = f", {shown.place}" if shown.place else ""
    for line in terminal.wrap(f"{shown.name} ({shown.kind}){place}", "  ", "    "):
        terminal.line(line)
    if shown.lifted:
        _write(f"! {shown.lifted}", "red", terminal)
    for added in shown.added:
        _write(added.text, "red", terminal)
        for line in terminal.wrap(added.witness, "      as ", "         "):
            terminal.line(line, "dim")
    _write(shown.more_added, "red", terminal)
    for text in filter(None, [*shown.undecided, shown.more_undecided]):
        _write(f"? undecided: {text}", "yellow", terminal)
    for text in [*shown.removed, shown.more_removed]:
        _write(text, "green", terminal)


def _write(text: str, style: Style, terminal: Terminal) -> None:
    for line in terminal.wrap(text, "    ", "      ") if text else ():
        terminal.line(line, style)
