"""Does one Allow statement grant a request that a reference policy does not allow?

The statement is looked at one action pattern, resource pattern and principal at a time. Most
statements of both policies are then either apart from that focus or cover it, and what is left
for the solver is small, often nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from policy_gate.reasoning.budget import Budget, BudgetExceededError
from policy_gate.reasoning.domains import EVERYTHING, Wanted, find_text
from policy_gate.reasoning.formula import (
    Clause,
    Cube,
    Dimension,
    Literal,
    Member,
    Open,
    Rule,
    axioms,
    certainly,
    open_atoms,
    violation,
)
from policy_gate.reasoning.language import Language, head_of
from policy_gate.reasoning.patterns import Pattern
from policy_gate.reasoning.solver import Foci, Model, Texts, solve, wanted_text


@dataclass(frozen=True, slots=True)
class Request:
    """A request that a statement grants and the reference does not allow, whatever is open."""

    action: str
    resource: str
    principal: str | None


@dataclass(frozen=True, slots=True)
class Undecided:
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
            for problem in self.problems(rule):
                outcome = self.answer(problem)
                if isinstance(outcome, Request):
                    return outcome
                if outcome:
                    questions += outcome.questions
        except BudgetExceededError as error:
            questions.append(str(error))
        return Undecided(tuple(dict.fromkeys(questions))) if questions else None

    def problems(self, rule: Rule) -> Iterator[_Problem]:
        """The questions that the statement comes down to, each but once."""
        seen: set[object] = set()
        for cube in rule.cubes:
            for focus in self.foci(cube, Dimension.ACTION):
                wide = self.around(cube, focus)
                for problem in self.focused(wide, cube, self.dimensions[1:], seen):
                    for case in problem.cases():
                        if _is_new(("case", case.signature()), seen):
                            yield case

    def foci(self, cube: Cube, dimension: Dimension) -> Iterator[Pattern]:
        """The patterns of which each request of the cube matches one."""
        for focus in _patterns(cube, dimension):
            if self.texts.find(Wanted(dimension, focus)) is not None:
                yield focus

    def around(self, cube: Cube, focus: Pattern) -> _Problem:
        """What the statement comes down to for the actions in `focus`."""
        problem = _Problem(
            {Dimension.ACTION: focus},
            required=tuple((literal,) for literal in cube),
            denied=tuple(violation(other) for other in self.denied.near(focus)),
            allowed_before=tuple(violation(other) for other in self.allowed_before.near(focus)),
            denied_before=tuple(self.denied_before.near(focus)),
        )
        return problem.reduced(Dimension.ACTION, self.budget)

    def focused(
        self, problem: _Problem, cube: Cube, dimensions: Sequence[Dimension], seen: set[object]
    ) -> Iterator[_Problem]:
        """The problem within each resource pattern and principal of the cube."""
        if problem.is_void() or not _is_new((len(dimensions), problem.signature()), seen):
            return
        if not dimensions:
            yield problem
            return
        for focus in self.foci(cube, dimensions[0]):
            narrow = problem.within(dimensions[0], focus)
            reduced = narrow.reduced(dimensions[0], self.budget)
            yield from self.focused(reduced, cube, dimensions[1:], seen)

    def answer(self, problem: _Problem) -> Outcome:
        clauses = problem.clauses(self.budget)
        if clauses is None or solve(clauses, problem.foci, self.texts) is None:
            return None
        opens = open_atoms(clauses)
        certain = problem.certain_clauses(self.budget) if opens else clauses
        if certain is not None:
            model = solve(certain, problem.foci, self.texts)
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
            service = service or found[Dimension.ACTION].partition(":")[0].lower()
        return Request(
            found[Dimension.ACTION], found[Dimension.RESOURCE], found.get(Dimension.PRINCIPAL)
        )


@dataclass(frozen=True, slots=True)
class _Problem:
    """Within some foci: clauses that must hold, and those that may fail in the reference."""

    foci: Foci
    required: tuple[Clause, ...]
    denied: tuple[Clause, ...]
    allowed_before: tuple[Clause, ...]
    denied_before: tuple[Cube, ...]

    def within(self, dimension: Dimension, focus: Pattern) -> _Problem:
        return _Problem(
            {**self.foci, dimension: focus},
            self.required,
            self.denied,
            self.allowed_before,
            self.denied_before,
        )

    def reduced(self, dimension: Dimension, budget: Budget) -> _Problem:
        """The problem without what the focus of a dimension decides."""
        focus = self.foci[dimension]
        known: dict[Language, Language | bool] = {}

        def reduce(clauses: Iterable[Clause]) -> tuple[Clause, ...]:
            results = (_reduce(clause, dimension, focus, known, budget) for clause in clauses)
            return tuple(dict.fromkeys(clause for clause in results if clause is not None))

        cubes = (
            _reduce(violation(cube), dimension, focus, known, budget) for cube in self.denied_before
        )
        return _Problem(
            self.foci,
            reduce(self.required),
            reduce(self.denied),
            reduce(self.allowed_before),
            tuple(dict.fromkeys(violation(clause) for clause in cubes if clause is not None)),
        )

    def is_void(self) -> bool:
        """Whether nothing in these foci can be new."""
        if () in self.required or () in self.denied:
            return True
        return () in self.allowed_before and not self.denied_before

    def cases(self) -> Iterator[_Problem]:
        """Either no Allow of the reference matches, or one of its Denies does."""
        if () not in self.allowed_before:
            required = (*self.required, *self.allowed_before)
            yield _Problem(self.foci, required, self.denied, (), ())
        for cube in self.denied_before:
            required = (*self.required, *((literal,) for literal in cube))
            yield _Problem(self.foci, required, self.denied, (), ())

    def signature(self) -> object:
        """What tells the problem from others, once it is reduced."""
        sets = (self.required, self.denied, self.allowed_before, self.denied_before)
        dimensions = {
            literal.atom.dimension
            for clauses in sets
            for clause in clauses
            for literal in clause
            if isinstance(literal.atom, Member)
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


class _Index:
    """Cubes by the services of their actions."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.cubes: list[Cube] = []
        self.generic: list[int] = []
        self.by_service: dict[str, list[int]] = {}
        for rule in rules:
            for cube in rule.cubes:
                heads = _services(cube)
                for head in heads or ():
                    self.by_service.setdefault(head, []).append(len(self.cubes))
                if heads is None:
                    self.generic.append(len(self.cubes))
                self.cubes.append(cube)

    def near(self, focus: Pattern) -> list[Cube]:
        """The cubes of which an action may be in `focus`."""
        head = head_of(focus)
        if head is None:
            return self.cubes
        near = sorted(self.generic + self.by_service.get(head, []))
        return [self.cubes[number] for number in near]


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


def _reduce(
    clause: Clause,
    dimension: Dimension,
    focus: Pattern,
    known: dict[Language, Language | bool],
    budget: Budget,
) -> Clause | None:
    """The clause without the literals that the focus decides; None where it holds."""
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
