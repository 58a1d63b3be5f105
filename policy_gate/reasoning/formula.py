"""Statements as propositional formulas over what a request is.

A request is an action, a resource and, for a resource policy, a principal. An atom is either the
membership of one of them in a language, or open: something that a request decides, but of which
only bounds are known. A statement matches a request where all literals of one of its cubes hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple, TypeAlias

from policy_gate.reasoning.document import Condition, Element, PrincipalElement, Statement
from policy_gate.reasoning.elements import (
    action_language,
    fully_listed,
    principal_language,
    resource_bounds,
)
from policy_gate.reasoning.language import Language
from policy_gate.reasoning.patterns import Pattern


class Dimension(IntEnum):
    """The parts of a request."""

    ACTION = 0
    RESOURCE = 1
    PRINCIPAL = 2


class Member(NamedTuple):
    """The atom: this part of the request is in the language."""

    dimension: Dimension
    language: Language


@dataclass(frozen=True, slots=True)
class Open:
    """An atom that a request decides in a way that is not modelled.

    Atoms of the same name are the same, so that the same text on both sides of a comparison
    cancels.
    """

    name: tuple[object, ...]
    lower: Literal | None = field(compare=False)
    """A literal that implies the atom; None for no such literal."""

    upper: Literal | None = field(compare=False)
    """A literal that the atom implies; None for no such literal."""

    question: str = field(compare=False)
    """A clause for the reader that says on what it depends."""


class Literal(NamedTuple):
    atom: Member | Open
    positive: bool

    def negated(self) -> Literal:
        return Literal(self.atom, not self.positive)


Cube: TypeAlias = tuple[Literal, ...]
"""Literals of which all hold."""

Clause: TypeAlias = tuple[Literal, ...]
"""Literals of which one holds."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A statement with its cubes."""

    statement: Statement
    cubes: tuple[Cube, ...]


def rule_of(statement: Statement, variables: bool) -> Rule:
    """The formula of a statement; `variables` says whether `${...}` is a policy variable."""
    common = [_action(statement.action)]
    if statement.principal is not None:
        common.append(_principal(statement.principal))
    common += [
        Literal(Open(("condition", condition), None, None, _question_of(condition)), True)
        for condition in statement.conditions
    ]
    if statement.resource is None:
        return Rule(statement, (tuple(common),))
    cubes = _resources(statement.resource, variables)
    return Rule(statement, tuple((*common, *cube) for cube in cubes))


def _question_of(condition: Condition) -> str:
    return f"the condition on {condition.spelling} decides"


def _action(element: Element) -> Literal:
    return Literal(Member(Dimension.ACTION, action_language(element.values)), not element.negated)


def _principal(element: PrincipalElement) -> Literal:
    covered = Member(Dimension.PRINCIPAL, principal_language(element.entries))
    if not element.negated:
        return Literal(covered, True)
    certain = Member(Dimension.PRINCIPAL, fully_listed(element))
    if certain == covered:
        return Literal(covered, False)
    name = ("NotPrincipal", frozenset(element.entries))
    question = "NotPrincipal decides, for a principal that it names in some of its forms only"
    return Literal(Open(name, Literal(covered, False), Literal(certain, False), question), True)


def _resources(element: Element, variables: bool) -> list[Cube]:
    exact: list[Pattern] = []
    opens: list[Literal] = []
    for value in dict.fromkeys(element.values):
        bounds = resource_bounds(value, variables)
        if bounds.lower == bounds.upper:
            exact.append(bounds.upper)
        else:
            opens.append(Literal(_open_resource(value, bounds.lower, bounds.upper), True))
    plain = Literal(Member(Dimension.RESOURCE, Language(exact)), True)
    if element.negated:
        return [(plain.negated(), *(literal.negated() for literal in opens))]
    return [(literal,) for literal in ([plain, *opens] if exact else opens)]


def _open_resource(value: str, lower: Pattern | None, upper: Pattern) -> Open:
    return Open(
        ("resource", value, lower, upper),
        _in_pattern(lower) if lower else None,
        _in_pattern(upper),
        f"it depends on what {value} stands for",
    )


def _in_pattern(pattern: Pattern) -> Literal:
    return Literal(Member(Dimension.RESOURCE, Language([pattern])), True)


def certainly(clause: Iterable[Literal]) -> Clause:
    """The clause without open atoms, each replaced by what implies it.

    Whatever satisfies the result satisfies the clause, however the open atoms fall.
    """
    literals: list[Literal] = []
    for literal in clause:
        if isinstance(literal.atom, Member):
            literals.append(literal)
        elif literal.positive and literal.atom.lower:
            literals.append(literal.atom.lower)
        elif not literal.positive and literal.atom.upper:
            literals.append(literal.atom.upper.negated())
    return tuple(literals)


def dimensions_of(atom: Member | Open) -> Iterator[Dimension]:
    """The parts of a request that the atom is about, as far as that is known."""
    if isinstance(atom, Member):
        yield atom.dimension
    else:
        for bound in (atom.lower, atom.upper):
            if bound:
                yield from dimensions_of(bound.atom)


def axioms(atoms: Iterable[Open]) -> list[Clause]:
    """What holds of open atoms: each lies between its bounds."""
    clauses: list[Clause] = []
    for atom in atoms:
        if atom.upper:
            clauses.append((Literal(atom, False), atom.upper))
        if atom.lower:
            clauses.append((Literal(atom, True), atom.lower.negated()))
    return clauses


def open_atoms(clauses: Iterable[Clause]) -> list[Open]:
    """The open atoms that the clauses name, in their order."""
    atoms = (literal.atom for clause in clauses for literal in clause)
    return list(dict.fromkeys(atom for atom in atoms if isinstance(atom, Open)))


def violation(cube: Sequence[Literal]) -> Clause:
    """The clause that holds where the cube does not."""
    return tuple(literal.negated() for literal in cube)
