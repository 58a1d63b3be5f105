"""What a change adds, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from policy_gate.model import AccessChange, AccessGroup, UndecidedAccess

_KINDS = {
    "Permissions management": ("permissions change", "permissions changes"),
    "Write": ("write", "writes"),
    "Tagging": ("tagging action", "tagging actions"),
    "Read": ("read", "reads"),
    "List": ("list action", "list actions"),
}
_NAMED = 2
"""Actions that are named before the rest is counted."""


def group_text(group: AccessGroup, sign: str = "+") -> str:
    """As `DynamoDB: +DeleteTable and 3 more writes on every table, statement 1`."""
    text = f"{group.service}: {sign}{_actions(group)}"
    if group.resources:
        text += f" on {group.resources}"
    if group.statement_index is not None:
        text += f", statement {group.statement_index}"
    if group.denied_by is not None:
        text += _denied(group, sign)
    return f"{text} (when {group.world})" if group.world else text


def _denied(group: AccessGroup, sign: str) -> str:
    """Which Deny made the difference, and who else it is about."""
    version = "no longer denied by" if sign == "+" else "denied now by"
    text = f", {version} statement {group.denied_by}"
    if group.statement_index is None:
        text += " and so possible where other policies allow it" if sign == "+" else ""
    return text


def _actions(group: AccessGroup) -> str:
    names, (one, many) = group.actions, _KINDS.get(group.access_level, ("action", "actions"))
    if len(names) <= _NAMED:
        return f"{' and '.join(names)} ({one if len(names) == 1 else many})"
    return f"{names[0]} and {len(names) - 1} more {many}"


def undecided_text(item: UndecidedAccess) -> str:
    """As `s3:GetObject and 3 more actions, statement 1: why`."""
    names = item.actions
    if not names:
        return item.message
    text = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
    where = "" if item.statement_index is None else f", statement {item.statement_index}"
    return f"{text}{where}: {item.message}"


def totals(changes: Sequence[AccessChange]) -> str:
    """As `2 policies add access, 1 removes some, 1 is undecided`; empty where there are none."""
    adds = sum(change.adds for change in changes)
    removes = sum(bool(change.removed) for change in changes)
    undecided = sum(bool(change.undecided) for change in changes)
    parts = [
        f"{adds} {'policy adds' if adds == 1 else 'policies add'} access" if adds else "",
        f"{removes} {'removes' if removes == 1 else 'remove'} some" if removes else "",
        f"{undecided} {'is' if undecided == 1 else 'are'} undecided" if undecided else "",
    ]
    return ", ".join(filter(None, parts))
