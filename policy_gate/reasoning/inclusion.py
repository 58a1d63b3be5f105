"""Does one Allow statement grant a request that a reference policy does not allow?

The statement is looked at one action pattern, resource pattern and principal at a time. Most
statements of both policies are then either apart from that focus or cover it, and what is left
for the solver is small, often nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from policy_gate.casing import folded
from policy_gate.reasoning.atoms import Cube, Dimension, Literal, Member, Open, open_atoms
from policy_gate.reasoning.budget import Budget, UndecidedError
from policy_gate.reasoning.document import PolicyType
from policy_gate.reasoning.domains import EVERYTHING, find_text, may_match
from policy_gate.reasoning.examples import Vocabulary
from policy_gate.reasoning.formula import Rule
from policy_gate.reasoning.patterns import Pattern
from policy_gate.reasoning.policy import CompiledPolicy
from policy_gate.reasoning.problem import Problem, Reducer
from policy_gate.reasoning.solver import Solution, Theory, solve

_DIMENSIONS: Mapping[PolicyType, Sequence[Dimension]] = {
    "IDENTITY_POLICY": (Dimension.ACTION, Dimension.RESOURCE),
    "RESOURCE_POLICY": (Dimension.ACTION, Dimension.RESOURCE, Dimension.PRINCIPAL),
}


class Request(NamedTuple):
    """A request that a statement grants and the reference does not allow, whatever is open."""

    action: str
    resource: str
    principal: str | None
    context: Mapping[str, tuple[str, ...]]
    """By key in lower case."""


class Undecided(NamedTuple):
    """A statement of which it is open whether it grants more than the reference."""

    questions: tuple[str, ...]
    """Why, each a short clause."""


Outcome = Request | Undecided | None
"""None where the statement is proven to grant nothing new."""


class Comparison:
    """A new policy and its reference.

    A request is new where no Deny of the new policy matches it and, in the reference, either no
    Allow matches it or some Deny does.
    """

    def __init__(
        self,
        new: CompiledPolicy,
        reference: CompiledPolicy,
        policy_type: PolicyType,
        vocabulary: Vocabulary,
    ) -> None:
        self.new = new
        self.reference = reference
        self.dimensions = _DIMENSIONS[policy_type]
        self.vocabulary = vocabulary
        self.budget = Budget()
        single = new.keys.single | reference.keys.single
        self.theory = Theory(self.budget, (new.keys.sets | reference.keys.sets) - single)

    def decide(self, rule: Rule, action: Pattern | None = None) -> Outcome:
        """Whether an Allow statement of the new policy grants something new.

        `action` restricts the question to one action; its pattern is in lower case.
        """
        questions: list[str] = []
        try:
            self.budget.spend(1)
            for problem in self.problems(rule, action):
                outcome = self.answer(problem)
                if isinstance(outcome, Request):
                    return outcome
                if outcome:
                    questions += outcome.questions
        except UndecidedError as error:
            questions.append(str(error))
        return Undecided(tuple(dict.fromkeys(questions))) if questions else None

    def problems(self, rule: Rule, action: Pattern | None) -> Iterator[Problem]:
        """The questions that the statement comes down to, each but once."""
        seen: set[object] = set()
        for cube in rule.cubes:
            foci = [action] if action else self.foci(cube, Dimension.ACTION)
            for focus in foci:
                wide = self.around(cube, focus)
                if wide is None:
                    continue
                for problem in self.focused(wide, cube, self.dimensions[1:], seen):
                    for case in problem.cases():
                        if _is_new(("case", case.signature(self.budget)), seen):
                            yield case

    def foci(self, cube: Cube, dimension: Dimension) -> Iterator[Pattern]:
        """The patterns of which each request of the cube matches one."""
        for focus in _patterns(cube, dimension):
            self.budget.spend(1)
            if may_match(dimension, focus):
                yield focus

    def around(self, cube: Cube, focus: Pattern) -> Problem | None:
        """What the statement comes down to for the actions in `focus`; None for nothing new."""
        reducer = Reducer(Dimension.ACTION, focus, self.budget)
        denied_before = reducer.clauses(self.reference.denies.near(focus))
        allowed_before = reducer.clauses(self.reference.allows.near(focus))
        if () in allowed_before and not denied_before:
            return None
        return Problem(
            {Dimension.ACTION: focus},
            required=reducer.clauses((literal,) for literal in cube),
            denied=reducer.clauses(self.new.denies.near(focus)),
            allowed_before=allowed_before,
            denied_before=denied_before,
        )

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
        try:
            return self.decided(problem)
        except UndecidedError as error:
            return Undecided((str(error),))

    def decided(self, problem: Problem) -> Outcome:
        """A solution with open atoms only counts where values of context keys close them."""
        clauses = problem.clauses(self.budget)
        solution = None if clauses is None else solve(clauses, problem.foci, self.theory)
        if clauses is None or solution is None:
            return None
        opens = open_atoms(clauses)
        if not opens:
            return self.request(solution)
        from policy_gate.reasoning.concretion import assignments_for

        tries = assignments_for(clauses, opens, solution, self.theory)
        for values in tries.assignments:
            settled = problem.settled(values, self.budget)
            found = None if settled is None else solve(settled, problem.foci, self.theory)
            if found:
                return self.request(found)
        if tries.are_all:
            return None
        return Undecided(tuple(atom.question for atom in opens))

    def request(self, solution: Solution) -> Request:
        """A readable request that satisfies the model."""
        found: dict[Dimension, str] = {}
        service = ""
        for dimension in solution.foci:
            text = find_text(solution.wanted(dimension), self.budget, service, self.vocabulary)
            found[dimension] = text or ""
            service = service or folded(found[Dimension.ACTION].partition(":")[0])
        context = {key: self.theory.values(solution.by_topic[key]) for key in solution.keys}
        return Request(
            found[Dimension.ACTION],
            found[Dimension.RESOURCE],
            found.get(Dimension.PRINCIPAL),
            {key: values for key, values in context.items() if values},
        )


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
