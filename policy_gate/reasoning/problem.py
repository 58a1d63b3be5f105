"""What is left of a comparison within one action pattern, resource pattern and principal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policy_gate.reasoning.budget import Budget
from policy_gate.reasoning.formula import (
    Clause,
    Dimension,
    Literal,
    Member,
    axioms,
    certainly,
    dimensions_of,
    open_atoms,
)
from policy_gate.reasoning.language import Language
from policy_gate.reasoning.patterns import Pattern
from policy_gate.reasoning.solver import Foci


@dataclass(frozen=True, slots=True)
class Problem:
    """Is there a request in the foci that a statement grants and a reference does not allow?"""

    foci: Foci
    required: tuple[Clause, ...]
    """What must hold."""

    denied: tuple[Clause, ...]
    """That no Deny of the new policy matches; must hold."""

    allowed_before: tuple[Clause, ...]
    """That no Allow of the reference matches; must hold unless one of `denied_before` fails."""

    denied_before: tuple[Clause, ...]
    """That no Deny of the reference matches."""

    def within(self, dimension: Dimension, focus: Pattern) -> Problem:
        return Problem(
            {**self.foci, dimension: focus},
            self.required,
            self.denied,
            self.allowed_before,
            self.denied_before,
        )

    def reduced(self, dimension: Dimension, budget: Budget) -> Problem:
        """The problem without what the focus of a dimension decides."""
        focus = self.foci[dimension]
        known: dict[Language, Language | bool] = {}

        def reduce(clauses: Iterable[Clause]) -> tuple[Clause, ...]:
            results = (_reduce(clause, dimension, focus, known, budget) for clause in clauses)
            return tuple(dict.fromkeys(clause for clause in results if clause is not None))

        return Problem(
            self.foci,
            reduce(self.required),
            reduce(self.denied),
            reduce(self.allowed_before),
            reduce(self.denied_before),
        )

    def is_void(self) -> bool:
        """Whether nothing in these foci can be new."""
        if () in self.required or () in self.denied:
            return True
        return () in self.allowed_before and not self.denied_before

    def cases(self) -> Iterator[Problem]:
        """Either no Allow of the reference matches, or one of its Denies does."""
        if () not in self.allowed_before:
            required = (*self.required, *self.allowed_before)
            yield Problem(self.foci, required, self.denied, (), ())
        for clause in self.denied_before:
            if clause not in self.denied:
                failing = (*self.required, *((literal.negated(),) for literal in clause))
                yield Problem(self.foci, failing, self.denied, (), ())

    def signature(self, budget: Budget) -> object:
        """What tells the problem from others, once it is reduced."""
        sets = (self.required, self.denied, self.allowed_before, self.denied_before)
        budget.spend(sum(map(len, sets)))
        dimensions = {
            dimension
            for clauses in sets
            for clause in clauses
            for literal in clause
            for dimension in dimensions_of(literal.atom)
        }
        foci = tuple(focus for dimension, focus in self.foci.items() if dimension in dimensions)
        return foci, tuple(frozenset(clauses) for clauses in sets)

    def clauses(self, budget: Budget) -> list[Clause] | None:
        """All clauses, with what is known of open atoms; None where one cannot hold."""
        clauses = [*self.required, *self.denied]
        return self.simplified([*clauses, *axioms(open_atoms(clauses))], budget)

    def certain_clauses(self, budget: Budget) -> list[Clause] | None:
        """Clauses that hold only where those of the problem do, however open atoms fall."""
        return self.simplified(map(certainly, (*self.required, *self.denied)), budget)

    def simplified(self, clauses: Iterable[Clause], budget: Budget) -> list[Clause] | None:
        found: list[Clause] = []
        known: dict[Dimension, dict[Language, Language | bool]] = {}
        for clause in clauses:
            result: Clause | None = clause
            for dimension, focus in self.foci.items():
                if result is not None:
                    memory = known.setdefault(dimension, {})
                    result = _reduce(result, dimension, focus, memory, budget)
            if result == ():
                return None
            if result is not None:
                found.append(result)
        return list(dict.fromkeys(found))


def _reduce(
    clause: Clause,
    dimension: Dimension,
    focus: Pattern,
    known: dict[Language, Language | bool],
    budget: Budget,
) -> Clause | None:
    """The clause without the literals that the focus decides; None where it holds."""
    budget.spend(len(clause))
    kept: list[Literal] = []
    for literal in clause:
        atom, positive = literal
        if not isinstance(atom, Member) or atom.dimension is not dimension:
            kept.append(literal)
            continue
        within = known.get(atom.language)
        if within is None:
            within = known[atom.language] = atom.language.within(focus, budget)
        if within is positive:
            return None
        if not isinstance(within, bool):
            kept.append(Literal(Member(dimension, within), positive))
    return tuple(kept)
