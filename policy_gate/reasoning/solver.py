"""Is there a request that satisfies some clauses? A search over the truth of their atoms.

Unit propagation, decisions on the shortest open clause, and after each of them the question to
each dimension whether a text of that kind exists. Where it does not, a minimal set of the atoms
that exclude it becomes a clause of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from policy_gate.reasoning.budget import Budget
from policy_gate.reasoning.domains import Wanted, find_text, in_order
from policy_gate.reasoning.formula import Clause, Dimension, Literal, Member, Open
from policy_gate.reasoning.patterns import Pattern

Foci = Mapping[Dimension, Pattern]
"""The patterns that the parts of the request are in; its keys are the parts it has."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Answers about texts, remembered for the length of one check."""

    budget: Budget
    _found: dict[Wanted, str | None] = field(default_factory=dict)

    def find(self, wanted: Wanted) -> str | None:
        """Such a text, None where there is none."""
        if wanted not in self._found:
            self._found[wanted] = find_text(wanted, self.budget)
        return self._found[wanted]


Model = Mapping["Member | Open", bool]
"""The truth of the atoms that satisfy the clauses; the others do not matter."""


def solve(clauses: Sequence[Clause], foci: Foci, texts: Texts) -> Model | None:
    """The atoms of some request that satisfies all clauses, None where there is none.

    Raises BudgetExceededError.
    """
    return _Search(clauses, foci, texts).run()


def wanted_text(model: Model, dimension: Dimension, focus: Pattern) -> Wanted:
    """What the model says of one part of the request."""
    members = [
        (atom.language, value)
        for atom, value in model.items()
        if isinstance(atom, Member) and atom.dimension is dimension
    ]
    inside = frozenset(language for language, value in members if value)
    outside = frozenset(language for language, value in members if not value)
    return Wanted(dimension, focus, inside, outside)


class _Search:
    def __init__(self, clauses: Sequence[Clause], foci: Foci, texts: Texts) -> None:
        self.clauses = list(clauses)
        self.foci = foci
        self.texts = texts
        self.model: dict[Member | Open, bool] = {}
        self.decisions: list[tuple[Literal, int]] = []
        """Each with the number of atoms that had a value before it."""

    def run(self) -> Model | None:
        while True:
            if not self.propagate() or not self.has_texts():
                if not self.backtrack():
                    return None
                continue
            literal = self.next_decision()
            if literal is None:
                return self.model
            self.decisions.append((literal, len(self.model)))
            self.assign(literal)

    def assign(self, literal: Literal) -> None:
        self.model[literal.atom] = literal.positive

    def open_literals(self, clause: Clause) -> list[Literal] | None:
        """The literals without a value; None where one holds."""
        unassigned = []
        for literal in clause:
            value = self.model.get(literal.atom)
            if value is literal.positive:
                return None
            if value is None:
                unassigned.append(literal)
        return unassigned

    def propagate(self) -> bool:
        """Give the atoms the values that follow; whether no clause fails."""
        changed = True
        while changed:
            changed = False
            self.texts.budget.spend(len(self.clauses))
            for clause in self.clauses:
                literals = self.open_literals(clause)
                if literals is None:
                    continue
                if not literals:
                    return False
                if len(literals) == 1:
                    self.assign(literals[0])
                    changed = True
        return True

    def next_decision(self) -> Literal | None:
        shortest: list[Literal] = []
        for clause in self.clauses:
            literals = self.open_literals(clause)
            if literals and (not shortest or len(literals) < len(shortest)):
                shortest = literals
        return shortest[0] if shortest else None

    def has_texts(self) -> bool:
        """Whether each part of a request has a text; else learn which atoms exclude it."""
        for dimension, focus in self.foci.items():
            wanted = wanted_text(self.model, dimension, focus)
            if self.texts.find(wanted) is None:
                self.clauses.append(self.conflict(wanted))
                return False
        return True

    def conflict(self, wanted: Wanted) -> Clause:
        """One of a smallest set of values that exclude each other must be different."""
        for language in in_order(wanted.inside):
            fewer = wanted._replace(inside=wanted.inside - {language})
            wanted = wanted if self.texts.find(fewer) else fewer
        for language in in_order(wanted.outside):
            fewer = wanted._replace(outside=wanted.outside - {language})
            wanted = wanted if self.texts.find(fewer) else fewer
        return tuple(
            Literal(Member(wanted.dimension, language), not positive)
            for languages, positive in ((wanted.inside, True), (wanted.outside, False))
            for language in in_order(languages)
        )

    def backtrack(self) -> bool:
        """Turn the last decision round; whether there was one."""
        if not self.decisions:
            return False
        literal, size = self.decisions.pop()
        for atom in list(self.model)[size:]:
            del self.model[atom]
        self.assign(literal.negated())
        return True
