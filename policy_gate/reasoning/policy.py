"""A policy made ready to be compared: read once, compared often."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from policy_gate.reasoning.assumptions import Touched, touched_by
from policy_gate.reasoning.atoms import Clause, Cube, Member, open_atoms
from policy_gate.reasoning.document import Document, PolicyType, read_document
from policy_gate.reasoning.formula import Rule, rule_of, violation
from policy_gate.reasoning.language import head_of
from policy_gate.reasoning.operators import operator_of
from policy_gate.reasoning.patterns import Pattern
from policy_gate.reasoning.variables import Variable


class Index:
    """That statements do not match, one clause a cube, by the services of their actions."""

    __slots__ = ("_by_service", "_clauses", "_generic", "_near")

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._clauses: list[Clause] = []
        self._generic: list[int] = []
        self._by_service: dict[str, list[int]] = {}
        self._near: dict[str, tuple[Clause, ...]] = {}
        for rule in rules:
            for cube in rule.cubes:
                heads = _services(cube)
                for head in heads or ():
                    self._by_service.setdefault(head, []).append(len(self._clauses))
                if heads is None:
                    self._generic.append(len(self._clauses))
                self._clauses.append(violation(cube))

    def near(self, focus: Pattern) -> Sequence[Clause]:
        """The clauses that may fail for an action in `focus`."""
        head = head_of(focus)
        if head is None:
            return self._clauses
        if head not in self._near:
            numbers = sorted([*self._generic, *self._by_service.get(head, [])])
            self._near[head] = tuple(self._clauses[number] for number in numbers)
        return self._near[head]


def _services(cube: Cube) -> Iterable[str] | None:
    """The services of a cube's actions; None for any."""
    atom, positive = cube[0]
    return atom.language.heads if positive and isinstance(atom, Member) else None


class KeyUse(NamedTuple):
    """How a policy uses context keys."""

    single: frozenset[str] = frozenset()
    """Keys that are compared by operators for one value, or stand in policy variables."""

    sets: frozenset[str] = frozenset()
    """Keys that are compared by set operators."""

    spellings: tuple[tuple[str, str], ...] = ()
    """Each key and how it is written."""


class CompiledPolicy(NamedTuple):
    """The formulas of a policy."""

    document: Document
    rules: tuple[Rule, ...]
    allows: Index
    denies: Index
    keys: KeyUse
    touched: Touched


@lru_cache(maxsize=64)
def compile_policy(text: str, policy_type: PolicyType) -> CompiledPolicy:
    """The formulas of a document; remembered, since a run asks much of few references.

    Raises PolicyDocumentError.
    """
    document = read_document(text, policy_type)
    rules = tuple(rule_of(statement, document.variables) for statement in document.statements)
    keys = _key_use(rules, document.variables)
    return CompiledPolicy(
        document,
        rules,
        Index(rule for rule in rules if rule.statement.allow),
        Index(rule for rule in rules if not rule.statement.allow),
        keys,
        touched_by(document.statements, keys.single),
    )


def _key_use(rules: Iterable[Rule], variables: bool) -> KeyUse:
    single: set[str] = set()
    sets: set[str] = set()
    spellings: dict[str, str] = {}
    for rule in rules:
        for condition in rule.statement.conditions:
            spellings.setdefault(condition.key, condition.spelling)
            operator = operator_of(condition.operator)
            if operator and operator.kind != "null":
                (sets if operator.quantifier else single).add(condition.key)
        if not variables:
            continue
        for atom in open_atoms(rule.cubes):
            for template in atom.templates:
                for part in template.parts:
                    if isinstance(part, Variable):
                        single.add(part.key)
                        spellings.setdefault(part.key, part.spelling)
    return KeyUse(frozenset(single), frozenset(sets), tuple(spellings.items()))
