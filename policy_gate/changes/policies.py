"""What became of one policy, in every world that either version has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from policy_gate.changes.access import Access, added_access, policy_type_of
from policy_gate.changes.actions import access_level
from policy_gate.changes.beyond import Open
from policy_gate.changes.grouping import groups_of
from policy_gate.changes.pairing import Pair
from policy_gate.changes.statements import CannotCompareError, assumptions_in, written
from policy_gate.changes.unknowns import readings_of
from policy_gate.checks.as_written import as_written, witness_as_written
from policy_gate.checks.widening import deferred_in, fresh_literal
from policy_gate.model import (
    AccessChange,
    AccessGroup,
    ActionChange,
    ChangeKind,
    Location,
    Policy,
    UndecidedAccess,
)
from policy_gate.partitions import DEFAULT_PARTITION
from policy_gate.reasoning.answer import Witness

_HIDDEN = "the policy is marked sensitive in the plan, so what it says is not shown"


def change_of(pair: Pair) -> AccessChange | None:
    """What changes for those who have the policy; None where nothing does."""
    known = (pair.new or pair.old)[0]
    added = _Direction(pair.new, pair.old)
    removed = _Direction(pair.old, pair.new)
    if any(policy.is_sensitive for policy in (*pair.new, *pair.old)):
        return _of_sensitive(pair, added)
    undecided = tuple(added.undecided)
    if not added.changes and not removed.changes and not undecided:
        return None
    return AccessChange(
        known.identity,
        kind_of(pair),
        _place(known),
        moved_from(pair),
        tuple(added.changes),
        tuple(removed.changes),
        _grouped(pair.new or pair.old, added.changes),
        _grouped(pair.old or pair.new, removed.changes),
        undecided,
    )


def kind_of(pair: Pair) -> ChangeKind:
    if not pair.old:
        return ChangeKind.NEW
    return ChangeKind.CHANGED if pair.new else ChangeKind.REMOVED


def moved_from(pair: Pair) -> str:
    """The file that it was in, where that is another one."""
    if not pair.new or not pair.old or pair.new[0].identity.file == pair.old[0].identity.file:
        return ""
    return pair.old[0].identity.file


class _Direction:
    """What one side allows and the other does not."""

    def __init__(self, new: Sequence[Policy], old: Sequence[Policy]) -> None:
        self.undecided: list[UndecidedAccess] = []
        found: dict[str, ActionChange] = {}
        for world, after, before in _in_worlds(new, old):
            versions = [policy for policy in (after, before) if policy is not None]
            try:
                access = _added(after, before, versions)
            except CannotCompareError as error:
                self._cannot(f"{error}{_when(world)}")
                continue
            for change in _changes(access, versions, world):
                found.setdefault(change.action, change)
            self.undecided += _open(access, versions, world)
        self.changes = [found[name] for name in sorted(found)]

    def _cannot(self, message: str) -> None:
        if all(item.message != message for item in self.undecided):
            self.undecided.append(UndecidedAccess(message))


def _in_worlds(
    new: Sequence[Policy], old: Sequence[Policy]
) -> Iterable[tuple[str, Policy | None, Policy | None]]:
    """Each world of either side; one that a side does not tell apart is as its default."""
    after, before = ({policy.world: policy for policy in side} for side in (new, old))
    for world in sorted({*after, *before}):
        yield world, after.get(world, after.get("")), before.get(world, before.get(""))


def _added(after: Policy | None, before: Policy | None, versions: Sequence[Policy]) -> Access:
    if not versions:
        return Access()
    new, old = (None if policy is None else policy.document for policy in (after, before))
    if new is not None and old is not None and written(new) == written(old):
        return Access()
    return added_access(new, old, policy_type_of(versions[0].kind))


def _changes(access: Access, versions: Sequence[Policy], world: str) -> Iterable[ActionChange]:
    deferred = [policy for policy in versions if any(True for _ in deferred_in(policy.document))]
    for item in access.added:
        witness: Witness = item.witness
        for policy in deferred:
            witness = _in_conditions(policy, witness)
            witness = witness_as_written(policy, witness, DEFAULT_PARTITION) or witness
        level = access_level(item.action)
        yield ActionChange(item.action, level, item.statement, witness, item.denied_by, world)


def _in_conditions(policy: Policy, witness: Witness) -> Witness:
    """With what people wrote in place of the literals that only conditions have."""
    names = {
        fresh_literal(reading): part.expression
        for part in assumptions_in([policy.document])
        for reading in readings_of(part)
    }
    context = {
        key: tuple(_replaced(value, names) for value in values)
        for key, values in witness.context.items()
    }
    return witness._replace(context=context)


def _replaced(text: str, names: Mapping[str, str]) -> str:
    for literal, expression in names.items():
        text = text.replace(literal, expression)
    return text


def _open(access: Access, versions: Sequence[Policy], world: str) -> Iterable[UndecidedAccess]:
    """What is open, by statement and reason."""
    groups: dict[tuple[int, str], list[Open]] = {}
    for item in access.undecided:
        groups.setdefault((item.statement, item.question), []).append(item)
    for (statement, question), items in groups.items():
        names = tuple(sorted(item.action for item in items if item.action))
        message = question
        for policy in versions:
            message = as_written(policy, message)
        message += _when(world)
        yield UndecidedAccess(message, names, statement)


def _when(world: str) -> str:
    return f" (when {world})" if world else ""


def _grouped(
    versions: Sequence[Policy], changes: Sequence[ActionChange]
) -> tuple[AccessGroup, ...]:
    by_world = {policy.world: policy for policy in versions}
    policy = by_world.get("", versions[0])
    groups: list[AccessGroup] = []
    for world in dict.fromkeys(change.world for change in changes):
        of_world = [change for change in changes if change.world == world]
        groups += groups_of(by_world.get(world, policy), of_world)
    return tuple(groups)


def _place(policy: Policy) -> Location | None:
    if policy.construct is not None and policy.construct.created_at is not None:
        return policy.construct.created_at
    try:
        return policy.sources.locate(())
    except KeyError:
        return None


def _of_sensitive(pair: Pair, added: _Direction) -> AccessChange | None:
    """That it may add access, and no word of what it says."""
    if not added.changes and not added.undecided:
        return None
    known = (pair.new or pair.old)[0]
    undecided = (UndecidedAccess(f"it adds access, or may: {_HIDDEN}"),)
    return AccessChange(known.identity, kind_of(pair), _place(known), undecided=undecided)
