"""What is left of a comparison within one action pattern, resource pattern and principal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from policy_gate.reasoning.atoms import (
    Clause,
    Dimension,
    Holds,
    Literal,
    Member,
    Open,
    open_atoms,
    present,
)
from policy_gate.reasoning.budget import Budget
from policy_gate.reasoning.formula import axioms, certainly, dimensions_of
from policy_gate.reasoning.language import Language
from policy_gate.reasoning.patterns import Pattern, literal_pattern
from policy_gate.reasoning.solver import Foci
from policy_gate.reasoning.variables import Assignment


class Problem(NamedTuple):
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
        return self._replace(foci={**self.foci, dimension: focus})

    def reduced(self, dimension: Dimension, budget: Budget) -> Problem:
        """The problem without what the focus of a dimension decides."""
        reducer = Reducer(dimension, self.foci[dimension], budget)
        return Problem(
            self.foci,
            reducer.clauses(self.required),
            reducer.clauses(self.denied),
            reducer.clauses(self.allowed_before),
            reducer.clauses(self.denied_before),
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
        sets = self[1:]
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
        opens = open_atoms(clauses)
        if not opens:
            return None if () in clauses else clauses
        return self.simplified([*clauses, *axioms(opens)], budget)

    def settled(self, values: Assignment, budget: Budget) -> list[Clause] | None:
        """Clauses that hold only where those of the problem do, for values of some context keys.

        However the open atoms fall that the values do not decide.
        """
        clauses = [_settled(clause, values) for clause in (*self.required, *self.denied)]
        pins: list[Clause] = [(_pinned(key, value),) for key, value in values.items()]
        known = [certainly(clause) for clause in clauses if clause is not None]
        return self.simplified([*pins, *known], budget)

    def simplified(self, clauses: Iterable[Clause], budget: Budget) -> list[Clause] | None:
        found = tuple(clauses)
        for dimension, focus in self.foci.items():
            found = Reducer(dimension, focus, budget).clauses(found)
        return None if () in found else list(found)


def _pinned(key: str, value: str | None) -> Literal:
    if value is None:
        return present(key).negated()
    return Literal(Holds(key, Language([literal_pattern(value)])), True)


def _settled(clause: Clause, values: Assignment) -> Clause | None:
    """The clause with what the values decide in place of open atoms; None where it holds."""
    literals: list[Literal] = []
    for literal in clause:
        atom = literal.atom
        known = None
        if isinstance(atom, Open) and atom.settle and atom.keys <= values.keys():
            known = atom.settle(values)
        if known is None:
            literals.append(literal)
        elif isinstance(known, Literal):
            literals.append(known if literal.positive else known.negated())
        elif known is literal.positive:
            return None
    return tuple(literals)


class Reducer:
    """Takes from clauses the literals that the focus of a dimension decides."""

    def __init__(self, dimension: Dimension, focus: Pattern, budget: Budget) -> None:
        self.dimension = dimension
        self.focus = focus
        self.budget = budget
        self.known: dict[Language, Language | bool] = {}

    def clauses(self, clauses: Iterable[Clause]) -> tuple[Clause, ...]:
        reduced = map(self.clause, clauses)
        return tuple(dict.fromkeys(clause for clause in reduced if clause is not None))

    def clause(self, clause: Clause) -> Clause | None:
        """What is left of the clause; None where it holds."""
        self.budget.spend(len(clause))
        kept: list[Literal] = []
        for literal in clause:
            atom, positive = literal
            if not isinstance(atom, Member) or atom.dimension is not self.dimension:
                kept.append(literal)
                continue
            within = self.known.get(atom.language)
            if within is None:
                within = atom.language.within(self.focus, self.budget)
                self.known[atom.language] = within
            if within is positive:
                return None
            if not isinstance(within, bool):
                kept.append(Literal(Member(self.dimension, within), positive))
        return tuple(kept)
