"""Statements as propositional formulas over atoms.

A statement matches a request where all literals of one of its cubes hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import product
from operator import mul
from typing import NamedTuple

from policy_gate.reasoning.atoms import (
    Atom,
    Clause,
    Cube,
    Dimension,
    Literal,
    Member,
    Open,
)
from policy_gate.reasoning.conditions import parts_of
from policy_gate.reasoning.document import PrincipalElement, Statement
from policy_gate.reasoning.elements import (
    action_language,
    fully_listed,
    principal_language,
    resource_literals,
)

_MAX_CUBES = 1024


class Rule(NamedTuple):
    """A statement with its cubes, in each of which the first literal is about the action."""

    statement: Statement
    cubes: tuple[Cube, ...]


def rule_of(statement: Statement, variables: bool) -> Rule:
    """The formula of a statement; `variables` says whether `${...}` is a policy variable."""
    action = Member(Dimension.ACTION, action_language(statement.action.values))
    parts: list[Clause] = []
    if statement.principal is not None:
        parts.append((_principal(statement.principal),))
    if statement.resource is not None:
        literals = resource_literals(statement.resource.values, variables)
        if statement.resource.negated:
            parts += [(literal.negated(),) for literal in literals]
        else:
            parts.append(tuple(literals))
    for condition in statement.conditions:
        parts += parts_of(condition)
    is_action = Literal(action, not statement.action.negated)
    parts = [part for part in parts if not any(map(_always_holds, part))]
    return Rule(statement, tuple((is_action, *cube) for cube in _cubes(parts)))


def _always_holds(literal: Literal) -> bool:
    atom, positive = literal
    return (
        positive
        and isinstance(atom, Member)
        and any(pattern.matches_everything for pattern in atom.language.patterns)
    )


def _cubes(parts: Sequence[Clause]) -> Iterator[Cube]:
    """The choices of one literal from each part: conditions, resources and principals.

    Beyond a limit of them, the longest parts are taken for open.
    """
    parts = list(parts)
    while reduce(mul, map(len, parts), 1) > _MAX_CUBES:
        longest = max(range(len(parts)), key=lambda number: len(parts[number]))
        question = f"a list of {len(parts[longest])} values with policy variables decides"
        parts[longest] = (Literal(Open(("any of", parts[longest]), question), True),)
    return product(*parts)


def _principal(element: PrincipalElement) -> Literal:
    covered = Member(Dimension.PRINCIPAL, principal_language(element.entries))
    if not element.negated:
        return Literal(covered, True)
    certain = Member(Dimension.PRINCIPAL, fully_listed(element))
    if certain == covered:
        return Literal(covered, False)
    name = ("NotPrincipal", frozenset(element.entries))
    question = "NotPrincipal decides, for a principal that it names in some of its forms only"
    return Literal(Open(name, question, (Literal(covered, False), Literal(certain, False))), True)


def certainly(clause: Iterable[Literal]) -> Clause:
    """The clause without open atoms, each replaced by what implies it.

    Whatever satisfies the result satisfies the clause, however the open atoms fall.
    """
    literals: list[Literal] = []
    for literal in clause:
        if not isinstance(literal.atom, Open):
            literals.append(literal)
        elif literal.positive and literal.atom.lower:
            literals.append(literal.atom.lower)
        elif not literal.positive and literal.atom.upper:
            literals.append(literal.atom.upper.negated())
    return tuple(literals)


def dimensions_of(atom: Atom) -> Iterator[Dimension]:
    """The parts of a request that the atom is about, as far as that is known."""
    if isinstance(atom, Member):
        yield atom.dimension
    elif isinstance(atom, Open):
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


def violation(cube: Sequence[Literal]) -> Clause:
    """The clause that holds where the cube does not."""
    return tuple(literal.negated() for literal in cube)
