"""Is there a request that satisfies some clauses?

The search over the truth of the atoms is that of `satisfiability`. Its theory asks, for each part
of a request and each context key by itself, whether there is a text that makes the atoms about it
true and false as wanted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from policy_gate.reasoning.atoms import Atom, Clause, Dimension, Holds, Literal, Member
from policy_gate.reasoning.budget import Budget, UndecidedError
from policy_gate.reasoning.context import find_values
from policy_gate.reasoning.domains import Wanted, find_text
from policy_gate.reasoning.language import Language
from policy_gate.reasoning.patterns import Pattern
from policy_gate.reasoning.satisfiability import Code, satisfy

Foci: TypeAlias = "Mapping[Dimension, Pattern]"
"""The patterns that the parts of the request are in; its keys are the parts it has."""

Topic: TypeAlias = "Dimension | str"
"""A part of a request, or a context key."""

Model: TypeAlias = tuple[Literal, ...]
"""Literals that satisfy the clauses; other atoms do not matter."""


class Theory:
    """Answers about texts, remembered for the length of one check."""

    def __init__(self, budget: Budget, multivalued: Collection[str]) -> None:
        self.budget = budget
        self.multivalued = multivalued
        """Context keys that may have more than one value."""

        self._texts: dict[Wanted, str | None] = {}
        self._values: dict[frozenset[Literal], tuple[str, ...] | None] = {}

    def text(self, wanted: Wanted) -> str | None:
        """Such a part of a request, None where there is none."""
        if wanted not in self._texts:
            self._texts[wanted] = find_text(wanted, self.budget)
        return self._texts[wanted]

    def values(self, literals: Collection[Literal]) -> tuple[str, ...] | None:
        """Values of a key that make the literals true, none for a missing key.

        None where there are no such values.
        """
        facts = frozenset(literals)
        if facts not in self._values:
            holds = [
                (literal.atom, literal.positive)
                for literal in literals
                if isinstance(literal.atom, Holds)
            ]
            multivalued = holds[0][0].key in self.multivalued
            self._values[facts] = find_values(holds, multivalued, self.budget)
        return self._values[facts]


class Solution(NamedTuple):
    """What a model says of each part and key."""

    foci: Foci
    by_topic: Mapping[Topic, Sequence[Literal]]

    def wanted(self, dimension: Dimension) -> Wanted:
        return wanted_text(dimension, self.foci[dimension], self.by_topic.get(dimension, ()))

    @property
    def keys(self) -> list[str]:
        return [topic for topic in self.by_topic if not isinstance(topic, Dimension)]


def solve(clauses: Iterable[Clause], foci: Foci, theory: Theory) -> Solution | None:
    """What some request that satisfies all clauses is like, None where there is none.

    Raises UndecidedError.
    """
    numbers: dict[Atom, int] = {}
    coded = [
        list(dict.fromkeys(_code(literal, numbers) for literal in clause)) for clause in clauses
    ]
    atoms = list(numbers)

    def literals(codes: Iterable[Code]) -> list[Literal]:
        return [Literal(atoms[code >> 1], not code & 1) for code in codes]

    def exclusion(codes: list[Code]) -> list[Code] | None:
        excluded = _exclusion(literals(codes), foci, theory)
        return None if excluded is None else [_code(literal, numbers) for literal in excluded]

    chosen = satisfy(coded, len(atoms), exclusion, theory.budget)
    return None if chosen is None else Solution(foci, _by_topic(literals(chosen)))


def _code(literal: Literal, numbers: dict[Atom, int]) -> Code:
    return 2 * numbers.setdefault(literal.atom, len(numbers)) + (not literal.positive)


def _by_topic(literals: Iterable[Literal]) -> dict[Topic, list[Literal]]:
    """The literals by what they are about; open atoms are about nothing in particular."""
    topics: dict[Topic, list[Literal]] = {}
    for literal in literals:
        if isinstance(literal.atom, Member):
            topics.setdefault(literal.atom.dimension, []).append(literal)
        elif isinstance(literal.atom, Holds):
            topics.setdefault(literal.atom.key, []).append(literal)
    return topics


def _exclusion(literals: list[Literal], foci: Foci, theory: Theory) -> list[Literal] | None:
    """A smallest set of the literals that no request makes true; None where one does all."""
    topics = _by_topic(literals)
    for dimension in foci:
        topics.setdefault(dimension, [])
    undecided: UndecidedError | None = None
    for topic, about in topics.items():
        try:
            if not _is_possible(topic, about, foci, theory):
                return _smallest(topic, about, foci, theory)
        except UndecidedError as error:
            undecided = error
    if undecided:
        raise undecided
    return None


def _smallest(topic: Topic, excluded: list[Literal], foci: Foci, theory: Theory) -> list[Literal]:
    """Excluded literals of which none is seen to be superfluous."""
    for literal in list(excluded):
        fewer = [other for other in excluded if other is not literal]
        try:
            if not _is_possible(topic, fewer, foci, theory):
                excluded = fewer
        except UndecidedError:
            continue
    return excluded


def _is_possible(topic: Topic, literals: Sequence[Literal], foci: Foci, theory: Theory) -> bool:
    if isinstance(topic, Dimension):
        return theory.text(wanted_text(topic, foci[topic], literals)) is not None
    return not literals or theory.values(literals) is not None


def wanted_text(dimension: Dimension, focus: Pattern, literals: Iterable[Literal]) -> Wanted:
    """The part of a request that the literals are about."""
    inside: set[Language] = set()
    outside: set[Language] = set()
    for atom, positive in literals:
        if isinstance(atom, Member):
            (inside if positive else outside).add(atom.language)
    return Wanted(dimension, focus, frozenset(inside), frozenset(outside))
