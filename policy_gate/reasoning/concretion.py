"""Values of context keys to try for policy variables.

A policy variable is first taken for any text; what cannot be new then, cannot be new at all. Where
something may be, values are tried, until one makes it certain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product
from typing import NamedTuple

from policy_gate.reasoning.atoms import Clause, Dimension, Holds, Open
from policy_gate.reasoning.examples import example_values
from policy_gate.reasoning.language import Language
from policy_gate.reasoning.solver import Solution, Theory
from policy_gate.reasoning.variables import Assignment

_MAX_VALUES = 16
"""Values that are tried of one key, unless they are all that it can have."""

_EXAMPLES = 4

_MAX_ASSIGNMENTS = 96


class Tries(NamedTuple):
    assignments: Sequence[Assignment]
    are_all: bool
    """Whether a request that satisfies the clauses has the values of one of them."""


def assignments_for(
    clauses: Sequence[Clause], opens: Sequence[Open], solution: Solution, theory: Theory
) -> Tries:
    """Values of the keys in the open atoms, the likeliest first."""
    clues = _Clues(clauses, opens, solution, theory)
    keys = list(dict.fromkeys(key for item in clues.templates for key in sorted(item.keys)))
    only = {key: _only_values(key, clauses) for key in keys}
    values = [
        [value for value in only[key] or clues.likely_values(key) if _fits(key, value, clauses)]
        for key in keys
    ]
    rows = list(islice(product(*values), _MAX_ASSIGNMENTS + 1))
    is_whole = len(rows) <= _MAX_ASSIGNMENTS
    if not is_whole:
        rows = list(islice(dict.fromkeys((*_one_by_one(values), *rows)), _MAX_ASSIGNMENTS))
    found = [dict(zip(keys, row, strict=True)) for row in rows]
    are_all = (
        None not in only.values()
        and is_whole
        and all(_settle(atom, values) for values in found for atom in opens)
    )
    return Tries(found, are_all)


def _one_by_one(values: Sequence[Sequence[str | None]]) -> Iterator[tuple[str | None, ...]]:
    """The first value of each, then those of one at a time."""
    first = [options[0] for options in values]
    for position, options in enumerate(values):
        for value in options:
            yield (*first[:position], value, *first[position + 1 :])


def _fits(key: str, value: str | None, clauses: Iterable[Clause]) -> bool:
    """Whether no clause of one literal about the key is against the value."""
    for clause in clauses:
        atom, positive = clause[0]
        if len(clause) == 1 and isinstance(atom, Holds) and atom.key == key:
            passes = value is not None and atom.test.accepts(value) is not atom.negated
            if (atom.absent if value is None else passes) is not positive:
                return False
    return True


def _settle(atom: Open, values: Assignment) -> bool:
    return atom.settle is not None and atom.settle(values) is not None


def _only_values(key: str, clauses: Iterable[Clause]) -> Sequence[str | None] | None:
    """The values that the key must have one of, where a clause of one literal lists them."""
    for clause in clauses:
        atom, positive = clause[0]
        if len(clause) != 1 or not isinstance(atom, Holds):
            continue
        if atom.key != key or not isinstance(atom.test, Language) or atom.negated:
            continue
        if positive and not atom.absent and atom.test.is_finite:
            return [pattern.prefix for pattern in atom.test.patterns]
        if not positive and any(pattern.matches_everything for pattern in atom.test.patterns):
            return [None]
    return None


class _Clues:
    """What the values of the keys may be found from."""

    def __init__(
        self, clauses: Sequence[Clause], opens: Sequence[Open], solution: Solution, theory: Theory
    ) -> None:
        self.clauses = clauses
        self.solution = solution
        self.theory = theory
        self.templates = [template for atom in opens if atom.settle for template in atom.templates]
        self.texts = list(self._texts())

    def likely_values(self, key: str) -> Sequence[str | None]:
        """Values of a key that has no short list of them."""
        found: dict[str | None, None] = {}
        literals = self.solution.by_topic.get(key)
        if literals and (modelled := self.theory.values(literals)):
            found[modelled[0]] = None
        languages = list(self._languages(key))
        readings = (template.read(text) for template in self.templates for text in self.texts)
        found |= {reading[key]: None for reading in readings if key in reading}
        found |= dict.fromkeys(example_values(key, languages)[:_EXAMPLES])
        for language in languages:
            found |= {pattern.prefix: None for pattern in language.patterns if pattern.literal}
        return [*islice(found, _MAX_VALUES), None]

    def _languages(self, key: str) -> Iterator[Language]:
        """What the clauses compare the key with."""
        for clause in self.clauses:
            for atom, _ in clause:
                if isinstance(atom, Holds) and atom.key == key and isinstance(atom.test, Language):
                    yield atom.test

    def _texts(self) -> Iterator[str]:
        """The texts of the solution, and those that it must or must not be."""
        wanted = self.solution.wanted(Dimension.RESOURCE)
        if text := self.theory.text(wanted):
            yield text
        for language in (*wanted.inside, *wanted.outside):
            yield from (pattern.prefix for pattern in language.patterns if pattern.literal)
        for key in self.solution.keys:
            yield from self.theory.values(self.solution.by_topic[key]) or ()
