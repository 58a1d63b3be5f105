"""Actions that a change adds or removes, in groups that a person can read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from policy_gate.changes.actions import resource_kinds, service_name
from policy_gate.checks.findings import statement_at, statement_path
from policy_gate.model import AccessGroup, ActionChange, Location, Policy, Value

LEVELS = ("Permissions management", "Write", "Tagging", "Read", "List", "")
"""Access levels, the one to read first at the head."""

_MAX_LOOKED_UP = 20
"""Actions of one group of which the resource types are looked up."""

_NAMED_FIRST = ("Delete", "Put", "Create", "Update")


def groups_of(policy: Policy, changes: Iterable[ActionChange]) -> tuple[AccessGroup, ...]:
    """The changes by service, access level and statement.

    `policy` is the version that has the statements.
    """
    found: dict[tuple[object, ...], list[ActionChange]] = {}
    for change in changes:
        service = change.action.partition(":")[0]
        index = -1 if change.statement_index is None else change.statement_index
        denied = -1 if change.denied_by is None else change.denied_by
        level = LEVELS.index(change.access_level) if change.access_level in LEVELS else len(LEVELS)
        key = (service, level, change.access_level, index, denied, change.world)
        found.setdefault(key, []).append(change)
    groups = [_group(policy, items) for items in found.values()]
    order = {name: position for position, name in enumerate(LEVELS)}
    return tuple(
        sorted(
            groups,
            key=lambda group: (
                group.service.casefold(),
                order.get(group.access_level, len(order)),
                -1 if group.statement_index is None else group.statement_index,
                group.world,
            ),
        )
    )


def _group(policy: Policy, items: Sequence[ActionChange]) -> AccessGroup:
    first = items[0]
    names = sorted((item.action.partition(":")[2] for item in items), key=_place)
    shown = next(item for item in items if item.action.partition(":")[2] == names[0])
    index = first.statement_index
    return AccessGroup(
        service_name(first.action),
        first.access_level,
        tuple(names),
        "" if index is None else _resources(policy, index, items),
        index,
        first.denied_by,
        None if index is None else _location(policy, index),
        shown.witness,
        first.world,
    )


def _place(name: str) -> tuple[int, str]:
    starts = [number for number, word in enumerate(_NAMED_FIRST) if name.startswith(word)]
    return (starts[0] if starts else len(_NAMED_FIRST), name)


def _location(policy: Policy, index: int) -> Location:
    """The line of the app where that is known, else that of the statement."""
    if policy.construct is not None and policy.construct.created_at is not None:
        return policy.construct.created_at
    return policy.sources.locate(statement_path(policy, index))


def _resources(policy: Policy, index: int, items: Sequence[ActionChange]) -> str:
    """What the statement is about, in words."""
    statement = statement_at(policy, index)
    if "NotResource" in statement:
        return f"everything but {_listed(_texts(statement['NotResource']))}"
    texts = _texts(statement.get("Resource"))
    service = items[0].action.partition(":")[0]
    own = [text for text in texts if _may_be_of(text, service)] or texts
    if "*" in own:
        return _every(items)
    return _listed(own)


def _texts(value: Value) -> list[str]:
    items = value if isinstance(value, list) else [] if value is None else [value]
    return [str(item) for item in items]


def _may_be_of(text: str, service: str) -> bool:
    fields = text.split(":")
    return len(fields) < 3 or fields[2] in (service, "*", "")


def _every(items: Sequence[ActionChange]) -> str:
    if len(items) > _MAX_LOOKED_UP:
        return "every resource"
    kinds = [resource_kinds(item.action) for item in items]
    if not any(kinds):
        return ""
    shared = [kind for kind in kinds[0] if all(kind in others for others in kinds)]
    return f"every {shared[0]}" if shared else "every resource"


def _listed(texts: Sequence[str]) -> str:
    if not texts:
        return ""
    if len(texts) == 1:
        return texts[0]
    return f"{texts[0]} and {len(texts) - 1} more"
