"""What a new version of a policy adds to the access that the old one allows.

The embedded engine decides it, exactly where both versions are known. Where deployment decides a
part, nothing that may be added is missed: see `unknowns` and `statements`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from policy_gate.changes.actions import names_of
from policy_gate.changes.beyond import Found, Item, NamesOf, Open, Side, Terms, between, beyond
from policy_gate.changes.statements import (
    CannotCompareError,
    Halves,
    Statement,
    assumptions_in,
    halves_of,
)
from policy_gate.changes.unknowns import supplied_in
from policy_gate.checks.widening import CannotWidenError, widened
from policy_gate.model import PolicyKind, Value
from policy_gate.partitions import DEFAULT_PARTITION, URL_SUFFIXES
from policy_gate.reasoning.answer import PolicyDocumentError, Witness
from policy_gate.reasoning.document import PolicyType
from policy_gate.reasoning.evaluator import evaluator_of

_PARTITION_IN_ARN = re.compile(r"\barn:(aws[a-z-]*):")
_OPEN_PARTITION = frozenset({"${AWS::Partition}", "${AWS::URLSuffix}"})
_WITHOUT_PRINCIPAL = (PolicyKind.IDENTITY, PolicyKind.SERVICE_CONTROL)


class Added(NamedTuple):
    """One action that is added."""

    action: str
    statement: int | None
    """Of the new version; None where only other policies can allow it: a Deny is gone."""

    witness: Witness
    denied_by: int | None = None
    """The Deny of the old version that kept it out, if one did."""


@dataclass(frozen=True)
class Access:
    """What is added, in the order of the actions' names, and what may be."""

    added: tuple[Added, ...] = ()
    undecided: tuple[Open, ...] = ()


def added_access(
    new: Value, old: Value, policy_type: PolicyType, names: NamesOf = names_of
) -> Access:
    """What a policy allows and its old version did not; None is a version that is not there.

    Access that an old Deny kept out, and the new version does not, is added also where this policy
    allows none of it: others may. Raises CannotCompareError.
    """
    try:
        halves = halves_of(new, old)
        if halves[0].other_allows or halves[1].other_denies:
            return _in_partitions(*halves, policy_type, names)
    except (CannotWidenError, PolicyDocumentError) as error:
        raise CannotCompareError(str(error)) from error
    return Access()


def policy_type_of(kind: PolicyKind) -> PolicyType:
    """Do its statements name principals?"""
    return "IDENTITY_POLICY" if kind in _WITHOUT_PRINCIPAL else "RESOURCE_POLICY"


def _in_partitions(new: Halves, old: Halves, policy_type: PolicyType, names: NamesOf) -> Access:
    values = [[item.value for item in (*half.allows, *half.denies)] for half in (new, old)]
    shared = supplied_in(values[0]) & supplied_in(values[1])
    added: dict[str, Added] = {}
    undecided: dict[tuple[str, int], Open] = {}
    for partition in _partitions([*values[0], *values[1]]):
        terms = Terms(policy_type, partition, shared, names)
        for item in _allowed(new, old, terms):
            _put(added, undecided, item)
        for item in _no_longer_denied(new, old, terms) if old.other_denies else ():
            _put(added, undecided, item)
    return Access(
        tuple(added[name] for name in sorted(added)),
        tuple(item for item in undecided.values() if item.action not in added),
    )


def _put(
    added: dict[str, Added], undecided: dict[tuple[str, int], Open], item: Added | Open
) -> None:
    """Of several ways to an action, the one by a statement of this policy counts, the first one."""
    if isinstance(item, Open):
        undecided.setdefault((item.action, item.statement), item)
        return
    known = added.get(item.action)
    if known is None or (known.statement is None and item.statement is not None):
        added[item.action] = item


def _allowed(new: Halves, old: Halves, terms: Terms) -> Iterable[Added | Open]:
    """What new Allow statements match, no Deny takes away and no old Allow matched."""
    left = Side(new.version, new.other_allows, new.denies)
    found = beyond(left, Side(old.version, old.allows), terms)
    yield from (Added(*item) for item in found.possible.values())
    yield from found.open_only


def _no_longer_denied(new: Halves, old: Halves, terms: Terms) -> Iterable[Added | Open]:
    """What an old Deny matched and no new one does."""
    if new.open_effects:
        raise CannotCompareError(
            f"deployment decides whether statement {new.open_effects[0]} allows or denies"
        )
    free = beyond(Side(old.version, old.other_denies), Side(new.version, new.denies), terms)
    names = [name for name in (*free.possible, *free.undecided) if name]
    own = _allowed_now(new, old, list(dict.fromkeys(names)), terms) if names else Found()
    for item in own.possible.values():
        yield Added(*item, denied_by=_denying(old, item, terms))
    yield from own.open_only
    for action, item in free.possible.items():
        if action not in own.possible:
            yield Added(action, None, item.witness, item.statement)
    # What is open about the old version is told by the number of its Deny.
    for question in free.open_only:
        yield question._replace(
            question=f"of what Deny statement {question.statement} kept out, {question.question}"
        )


def _allowed_now(new: Halves, old: Halves, names: Sequence[str], terms: Terms) -> Found:
    """Of these actions, what the new version allows and a Deny kept out that is no longer there."""
    statements = [item.value for item in (*new.allows, *new.denies)]
    document: dict[str, Value] = {"Version": new.version, "Statement": list(statements)}
    wide = widened(document, terms.partition, "dropped", "open").document
    indexes = [item.number for item in (*new.allows, *new.denies)]
    return between(wide, _all_but(old, terms), indexes, terms, names)


def _all_but(old: Halves, terms: Terms) -> dict[str, Any]:
    """A policy that allows all but what the Deny statements that are gone may have denied."""
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    if terms.policy_type == "RESOURCE_POLICY":
        everything["Principal"] = "*"
    denied = [_at_widest(item, old.version, terms) for item in old.other_denies]
    return {"Version": old.version, "Statement": [everything, *denied]}


def _at_widest(deny: Statement, version: str, terms: Terms) -> dict[str, Any]:
    """As much as a Deny can deny: what an Allow could allow in its place."""
    document: Value = {"Version": version, "Statement": [{**deny.value, "Effect": "Allow"}]}
    question = widened(document, terms.partition, "dropped", "open")
    statement: dict[str, Any] = {**question.document["Statement"][0], "Effect": "Deny"}
    if question.unnamed_principals:
        statement["Principal"] = "*"
    return statement


def _denying(old: Halves, item: Item, terms: Terms) -> int | None:
    """The Deny that kept a request out."""
    found = evaluator_of(json.dumps(_all_but(old, terms))).denying(item.witness)
    return old.other_denies[found[0] - 1].number if found else None


def _partitions(statements: Sequence[Mapping[str, Value]]) -> Sequence[str]:
    """aws, and where the partition is left open those that the policy names."""
    parts = assumptions_in([dict(statement) for statement in statements])
    if not any(part.expression in _OPEN_PARTITION for part in parts):
        return [DEFAULT_PARTITION]
    named = set(_PARTITION_IN_ARN.findall(json.dumps(statements, default=str)))
    return sorted(named & set(URL_SUFFIXES) | {DEFAULT_PARTITION})
