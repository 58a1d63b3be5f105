"""A set of texts: what any of a list of patterns matches."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from policy_gate.reasoning.budget import Budget
from policy_gate.reasoning.patterns import Automaton, Pattern, covers, overlap, plainly_apart


class Language:
    """The union of patterns, found by the text before their first colon.

    Languages are equal where they list the same patterns in any order.
    """

    __slots__ = ("_all", "_automaton", "_hash", "_set", "_wild", "patterns")

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.patterns = tuple(dict.fromkeys(patterns))
        self._set = frozenset(self.patterns)
        self._hash = hash(self._set)
        self._automaton: Automaton | None = None
        self._wild = _Heads(pattern for pattern in self.patterns if not pattern.literal)
        self._all = _Heads(self.patterns)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Language) and self._set == other._set

    @property
    def heads(self) -> set[str] | None:
        """What its texts have before their first colon; None where that may be anything."""
        return None if self._all.headless else set(self._all.by_head)

    @property
    def automaton(self) -> Automaton:
        if self._automaton is None:
            self._automaton = Automaton(self.patterns)
        return self._automaton

    def within(self, focus: Pattern, budget: Budget) -> Language | bool:
        """What is left of the language inside `focus`.

        True where a pattern covers the focus, False where none overlaps it.
        """
        if focus in self._set:
            return True
        near = (self._wild if focus.literal else self._all).near(focus)
        overlapping = []
        for pattern in near:
            budget.spend(1)
            if plainly_apart(pattern, focus):
                continue
            budget.spend(4 + len(focus.symbols))
            if covers(pattern, focus):
                return True
            if overlap(pattern, focus):
                overlapping.append(pattern)
        if not overlapping:
            return False
        return self if len(overlapping) == len(self.patterns) else Language(overlapping)


class _Heads:
    """Patterns by the text before their first colon."""

    __slots__ = ("by_head", "headless", "patterns")

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.patterns = tuple(patterns)
        self.by_head: dict[str, list[Pattern]] = {}
        self.headless: list[Pattern] = []
        for pattern in self.patterns:
            head = head_of(pattern)
            if head is None:
                self.headless.append(pattern)
            else:
                self.by_head.setdefault(head, []).append(pattern)

    def near(self, focus: Pattern) -> Iterable[Pattern]:
        """The patterns that may overlap with `focus`."""
        head = head_of(focus)
        if head is None:
            return self.patterns
        return chain(self.by_head.get(head, ()), self.headless)


def head_of(pattern: Pattern) -> str | None:
    """The text before the first colon of all that matches; None where that may vary."""
    head, colon, _ = pattern.prefix.partition(":")
    return head if colon else None
