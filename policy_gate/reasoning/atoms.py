"""What a statement says of a request, in atoms: each true or false for any one request.

A request is an action, a resource, for a resource policy a principal, and a context: keys with
one or more values. Three kinds of atoms: a part of the request is in a language (`Member`), some
value of a key passes a test (`Holds`), or something of which only bounds are known (`Open`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from policy_gate.reasoning.language import Language
from policy_gate.reasoning.patterns import free_pattern

if TYPE_CHECKING:
    from policy_gate.reasoning.values import ValueTest
    from policy_gate.reasoning.variables import Assignment, Template

Test: TypeAlias = "Language | ValueTest"


class Dimension(IntEnum):
    """The parts of a request besides its context."""

    ACTION = 0
    RESOURCE = 1
    PRINCIPAL = 2


class Member(NamedTuple):
    """The atom: this part of the request is in the language."""

    dimension: Dimension
    language: Language


class Holds(NamedTuple):
    """The atom: some value of the context key passes the test, or fails it if `negated`."""

    key: str
    """In lower case."""

    test: Test
    negated: bool = False
    absent: bool = False
    """What the atom is where the request has no such key."""


class Open:
    """An atom that a request decides in a way that is not modelled, or not as it stands.

    Atoms of the same name are the same, so that the same text on both sides of a comparison
    cancels.
    """

    __slots__ = ("_hash", "lower", "name", "question", "settle", "templates", "upper")

    def __init__(
        self,
        name: tuple[object, ...],
        question: str,
        bounds: tuple[Literal | None, Literal | None] = (None, None),
        templates: tuple[Template, ...] = (),
        settle: Settle | None = None,
    ) -> None:
        self.name = name
        self._hash = hash(name)
        self.question = question
        """A clause for the reader that says on what it depends."""

        self.lower, self.upper = bounds
        """A literal that implies the atom, and one that it implies; None for no such literal."""

        self.templates = templates
        """The texts with policy variables that it is about."""

        self.settle = settle
        """What the atom is for given values of their keys; None where they do not decide it."""

    @property
    def keys(self) -> frozenset[str]:
        """The keys of its policy variables."""
        return frozenset().union(*(template.keys for template in self.templates))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Open) and self.name == other.name

    def __hash__(self) -> int:
        return self._hash


Atom: TypeAlias = "Member | Holds | Open"


class Literal(NamedTuple):
    atom: Atom
    positive: bool

    def negated(self) -> Literal:
        return Literal(self.atom, not self.positive)


Settle: TypeAlias = Callable[["Assignment"], "Literal | bool | None"]
"""None where the values do not decide either."""

Clause: TypeAlias = tuple[Literal, ...]
"""Literals of which one holds."""

Cube: TypeAlias = tuple[Literal, ...]
"""Literals of which all hold."""

ANY_TEXT = Language([free_pattern("*")])


def present(key: str) -> Literal:
    """That the request has the key."""
    return Literal(Holds(key, ANY_TEXT), True)


def open_atoms(clauses: Iterable[Clause]) -> list[Open]:
    """The open atoms that the clauses name, in their order."""
    atoms = (literal.atom for clause in clauses for literal in clause)
    return list(dict.fromkeys(atom for atom in atoms if isinstance(atom, Open)))
