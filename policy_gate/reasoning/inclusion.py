"""Does one Allow statement grant a request that a reference policy does not allow?

The statement is looked at one action pattern, resource pattern and principal at a time. Most
statements of both policies are then either apart from that focus or cover it, and what is left
for the solver is small, often nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from policy_gate.reasoning.budget import Budget, BudgetExceededError
from policy_gate.reasoning.casing import folded
from policy_gate.reasoning.domains import EVERYTHING, Wanted, find_text
from policy_gate.reasoning.formula import (
    Clause,
    Cube,
    Dimension,
    Literal,
    Member,
    Open,
    Rule,
    open_atoms,
    violation,
)
from policy_gate.reasoning.language import head_of
from policy_gate.reasoning.patterns import Pattern
from policy_gate.reasoning.problem import Problem
from policy_gate.reasoning.solver import Foci, Model, Texts, solve, wanted_text


class Request(NamedTuple):
    """A request that a statement grants and the reference does not allow, whatever is open."""

    action: str
    resource: str
    principal: str | None


class Undecided(NamedTuple):
    """A statement of which it is open whether it grants more than the reference."""

    questions: tuple[str, ...]
    """Why, each a short clause."""


Outcome = Request | Undecided | None
"""None where the statement is proven to grant nothing new."""


class Comparison:
    """The Deny statements of a new policy and the statements of its reference.

    A request is new where no Deny of the new policy matches it and, in the reference, either no
    Allow matches it or some Deny does.
    """

    def __init__(
        self, new: Iterable[Rule], reference: Iterable[Rule], dimensions: Sequence[Dimension]
    ) -> None:
        reference = tuple(reference)
        self.dimensions = dimensions
        self.budget = Budget()
        self.texts = Texts(self.budget)
        self.denied = _Index(rule for rule in new if not rule.statement.allow)
        self.allowed_before = _Index(rule for rule in reference if rule.statement.allow)
        self.denied_before = _Index(rule for rule in reference if not rule.statement.allow)

    def decide(self, rule: Rule) -> Outcome:
        """Whether an Allow statement of the new policy grants something new."""
        questions: list[str] = []
        try:
            self.budget.spend(1)
            for problem in self.problems(rule):
                outcome = self.answer(problem)
                if isinstance(outcome, Request):
                    return outcome
                if outcome:
                    questions += outcome.questions
        except BudgetExceededError as error:
            questions.append(str(error))
        return Undecided(tuple(dict.fromkeys(questions))) if questions else None

    def problems(self, rule: Rule) -> Iterator[Problem]:
        """The questions that the statement comes down to, each but once."""
        seen: set[object] = set()
        for cube in rule.cubes:
            for focus in self.foci(cube, Dimension.ACTION):
                wide = self.around(cube, focus)
                for problem in self.focused(wide, cube, self.dimensions[1:], seen):
                    for case in problem.cases():
                        if _is_new(("case", case.signature(self.budget)), seen):
                            yield case

    def foci(self, cube: Cube, dimension: Dimension) -> Iterator[Pattern]:
        """The patterns of which each request of the cube matches one."""
        for focus in _patterns(cube, dimension):
            if self.texts.find(Wanted(dimension, focus)) is not None:
                yield focus

    def around(self, cube: Cube, focus: Pattern) -> Problem:
        """What the statement comes down to for the actions in `focus`."""
        problem = Problem(
            {Dimension.ACTION: focus},
            required=tuple((literal,) for literal in cube),
            denied=self.denied.near(focus),
            allowed_before=self.allowed_before.near(focus),
            denied_before=self.denied_before.near(focus),
        )
        return problem.reduced(Dimension.ACTION, self.budget)

    def focused(
        self, problem: Problem, cube: Cube, dimensions: Sequence[Dimension], seen: set[object]
    ) -> Iterator[Problem]:
        """The problem within each resource pattern and principal of the cube."""
        if problem.is_void():
            return
        if not _is_new((len(dimensions), problem.signature(self.budget)), seen):
            return
        if not dimensions:
            yield problem
            return
        for focus in self.foci(cube, dimensions[0]):
            narrow = problem.within(dimensions[0], focus)
            reduced = narrow.reduced(dimensions[0], self.budget)
            yield from self.focused(reduced, cube, dimensions[1:], seen)

    def answer(self, problem: Problem) -> Outcome:
        clauses = problem.clauses(self.budget)
        model = None if clauses is None else solve(clauses, problem.foci, self.texts)
        if clauses is None or model is None:
            return None
        opens = open_atoms(clauses)
        if opens:
            certain = problem.certain_clauses(self.budget)
            model = None if certain is None else solve(certain, problem.foci, self.texts)
        if model is not None:
            return self.request(model, problem.foci)
        return Undecided(tuple(atom.question for atom in opens))

    def request(self, model: Model, foci: Foci) -> Request:
        """A readable request that satisfies the model."""
        found: dict[Dimension, str] = {}
        service = ""
        for dimension, focus in foci.items():
            text = find_text(wanted_text(model, dimension, focus), self.budget, service)
            found[dimension] = text or ""
            service = service or folded(found[Dimension.ACTION].partition(":")[0])
        return Request(
            found[Dimension.ACTION], found[Dimension.RESOURCE], found.get(Dimension.PRINCIPAL)
        )


class _Index:
    """That statements do not match, one clause a cube, by the services of their actions."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.clauses: list[Clause] = []
        self.generic: list[int] = []
        self.by_service: dict[str, list[int]] = {}
        for rule in rules:
            for cube in rule.cubes:
                heads = _services(cube)
                for head in heads or ():
                    self.by_service.setdefault(head, []).append(len(self.clauses))
                if heads is None:
                    self.generic.append(len(self.clauses))
                self.clauses.append(violation(cube))

    def near(self, focus: Pattern) -> tuple[Clause, ...]:
        """The clauses that may fail for an action in `focus`."""
        head = head_of(focus)
        if head is None:
            return tuple(self.clauses)
        near = sorted(self.generic + self.by_service.get(head, []))
        return tuple(self.clauses[number] for number in near)


def _services(cube: Cube) -> set[str] | None:
    """The services of a cube's actions; None for any."""
    atom, positive = cube[0]
    return atom.language.heads if positive and isinstance(atom, Member) else None


def _patterns(cube: Cube, dimension: Dimension) -> tuple[Pattern, ...]:
    for literal in cube:
        bound: Literal | None = literal
        if isinstance(literal.atom, Open) and literal.positive:
            bound = literal.atom.upper
        if bound and bound.positive and isinstance(bound.atom, Member):
            member = bound.atom
            if member.dimension is dimension:
                return member.language.patterns
    return (EVERYTHING,)


def _is_new(signature: object, seen: set[object]) -> bool:
    size = len(seen)
    seen.add(signature)
    return len(seen) > size
