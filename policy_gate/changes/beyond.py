"""What some statements match and others do not, action by action."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from policy_gate.changes.statements import Statement
from policy_gate.changes.unknowns import (
    divides_arn,
    excludes_in,
    guards_of,
    open_dimensions,
    with_literals,
    without,
)
from policy_gate.checks.covering import Segments
from policy_gate.checks.widening import deferred_in, widened
from policy_gate.model import Value
from policy_gate.reasoning.access_by_action import access_by_action
from policy_gate.reasoning.answer import Witness
from policy_gate.reasoning.checks import check_no_new_access
from policy_gate.reasoning.document import PolicyType
from policy_gate.reasoning.policy import compile_policy

Plain = Any

NamesOf = Callable[[Iterable[Mapping[str, Plain]]], Sequence[str]]
"""The actions to ask about, by the plain statements that may match them."""

ON_COLONS = "it hangs on whether a value between the colons of an ARN holds a colon"


@dataclass(frozen=True)
class Terms:
    """What a comparison takes for given."""

    policy_type: PolicyType
    partition: str
    shared: frozenset[Hashable]
    """What both versions are made with of what nobody knows."""

    names_of: NamesOf


class Item(NamedTuple):
    """An action, the statement that matches it, and a request that shows it."""

    action: str
    statement: int
    witness: Witness


class Open(NamedTuple):
    """An action of which it is open, and why."""

    action: str
    statement: int
    question: str


@dataclass
class Found:
    """By action, what is possible and what may be."""

    possible: dict[str, Item] = field(default_factory=dict)
    undecided: dict[str, Open] = field(default_factory=dict)

    def add(self, other: Found) -> None:
        """Of the same action, the first statement stays."""
        for action, item in other.possible.items():
            known = self.possible.get(action)
            if known is None or item.statement < known.statement:
                self.possible[action] = item
        for action, question in other.undecided.items():
            self.undecided.setdefault(action, question)

    @property
    def open_only(self) -> list[Open]:
        return [item for name, item in self.undecided.items() if name not in self.possible]


@dataclass(frozen=True)
class Side:
    """Statements of one version."""

    version: str
    statements: Sequence[Statement]
    denies: Sequence[Statement] = ()
    """Those of them that take access away again."""


def beyond(left: Side, right: Side, terms: Terms) -> Found:
    """What the statements of the left side match and none of the right does.

    On each side all statements count as if they allowed; the denies of the left side take away.
    Raises CannotWidenError and PolicyDocumentError.
    """
    found = Found()
    for (guards, dimensions), statements in _groups(left, right, terms).items():
        group = Side(left.version, statements, _telling(left.denies, dimensions))
        others = Side(right.version, _telling(right.statements, dimensions))
        of_group = _beyond(group, others, guards, terms, colons=False)
        if _hangs_on_colons(group, others):
            wider = _beyond(group, others, guards, terms, colons=True)
            for action, item in wider.possible.items():
                of_group.undecided[action] = Open(action, item.statement, ON_COLONS)
            of_group.undecided |= wider.undecided
        found.add(of_group)
    return found


def _groups(
    left: Side, right: Side, terms: Terms
) -> dict[tuple[frozenset[Hashable], frozenset[str]], list[Statement]]:
    """The statements by those of their guards that some statement of the right has as well, and by
    the dimensions in which they have unknowns."""
    others = [frozenset(guards_of(statement.value)) for statement in right.statements]
    groups: dict[tuple[frozenset[Hashable], frozenset[str]], list[Statement]] = {}
    for statement in left.statements:
        own = frozenset(guards_of(statement.value))
        shared = frozenset().union(*(guards for guards in others if guards <= own))
        dimensions = open_dimensions(statement.value, terms.shared)
        groups.setdefault((shared, dimensions), []).append(statement)
    return groups


def _telling(statements: Sequence[Statement], dimensions: frozenset[str]) -> Sequence[Statement]:
    """Those of which what they say of a literal is so of every value."""
    return [item for item in statements if not excludes_in(item.value, dimensions)]


def _hangs_on_colons(left: Side, right: Side) -> bool:
    """May a value between the colons of an ARN match more if it holds colons?

    What is excluded from what takes away is matched too.
    """
    places = [(statement, "Resource") for statement in left.statements]
    places += [(item, "NotResource") for item in (*left.denies, *right.statements)]
    return any(
        divides_arn(text)
        for statement, element in places
        for text in deferred_in(statement.value.get(element))
    )


def _beyond(
    left: Side, right: Side, guards: frozenset[Hashable], terms: Terms, *, colons: bool
) -> Found:
    segments: Segments = "open" if colons else "kept"

    def ready(statement: Statement) -> dict[str, Any]:
        known = guards_of(statement.value)
        value = without(statement.value, (known[name] for name in guards & known.keys()))
        return with_literals(value, terms.shared, colons=colons)

    wide = [_turned(ready(statement), "Allow") for statement in left.statements]
    covering = [_turned(ready(statement), "Deny") for statement in right.statements]
    denies = [
        with_literals(statement.value, terms.shared, colons=colons) for statement in left.denies
    ]
    new = plain(left.version, [*wide, *denies], terms, segments)
    # A Deny is taken for as little as it can be: that is what is wanted of these.
    old = plain(right.version, covering, terms, segments)
    allowed = [_turned(statement, "Allow") for statement in old["Statement"]]
    indexes = [statement.number for statement in left.statements]
    return between(new, {**old, "Statement": allowed}, indexes, terms)


def between(
    new: Plain,
    old: Plain,
    indexes: Sequence[int],
    terms: Terms,
    names: Sequence[str] | None = None,
) -> Found:
    """What a plain policy allows that another does not; `indexes` are those of its statements."""
    texts = json.dumps(new), json.dumps(old)
    allows = [item for item in new["Statement"] if item.get("Effect") == "Allow"]
    if not allows:
        return Found()
    # What is no policy is told before anybody looks into it.
    compile_policy(texts[0], terms.policy_type)
    asked = terms.names_of(allows) if names is None else names
    access = access_by_action(*texts, terms.policy_type, asked)
    found = Found(
        {
            item.action: Item(item.action, indexes[item.statementIndex], item.witness)
            for item in access.possible
        },
        {
            item.action: Open(item.action, indexes[item.statementIndex], item.question)
            for item in access.undecided
        },
    )
    if names is None:
        _add_unlisted(found, texts, indexes, terms)
    return found


def _add_unlisted(
    found: Found, texts: tuple[str, str], indexes: Sequence[int], terms: Terms
) -> None:
    """Actions of which there is no list, as those of a service that is not known here."""
    answer = check_no_new_access(*texts, terms.policy_type)
    told = {item.statement for item in found.possible.values()}
    told |= {item.statement for item in found.undecided.values()}
    for reason in answer.reasons:
        if reason.statementIndex is None or (index := indexes[reason.statementIndex]) in told:
            continue
        if reason.witness is None:
            found.undecided[""] = Open("", index, reason.description)
        else:
            action = reason.witness.action
            found.possible.setdefault(action, Item(action, index, reason.witness))


def plain(
    version: str, statements: Sequence[Mapping[str, Any]], terms: Terms, segments: Segments
) -> Plain:
    """The statements as a plain policy, each Allow at its widest and each Deny at its narrowest."""
    listed: list[Value] = [dict(statement) for statement in statements]
    document: Value = {"Version": version, "Statement": listed}
    return widened(document, terms.partition, "dropped", segments).document


def _turned(statement: Mapping[str, Any], effect: str) -> dict[str, Any]:
    return {**statement, "Effect": effect}
