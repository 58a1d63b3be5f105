"""A set of texts: what any of a list of patterns matches."""

from __future__ import annotations

from collections.abc import Iterable

from policy_gate.reasoning.budget import Budget
from policy_gate.reasoning.patterns import Automaton, Pattern, covers, overlap, plainly_apart


class Language:
    """The union of patterns, found by the text before their first colon.

    Languages are equal where they list the same patterns in any order.
    """

    __slots__ = ("_automaton", "_by_head", "_hash", "_headless", "_set", "patterns")

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.patterns = tuple(dict.fromkeys(patterns))
        self._set = frozenset(self.patterns)
        self._hash = hash(self._set)
        self._automaton: Automaton | None = None
        self._by_head: dict[str, list[Pattern]] = {}
        self._headless: list[Pattern] = []
        for pattern in self.patterns:
            head = head_of(pattern)
            if head is None:
                self._headless.append(pattern)
            else:
                self._by_head.setdefault(head, []).append(pattern)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Language) and self._set == other._set

    @property
    def heads(self) -> set[str] | None:
        """What its texts have before their first colon; None where that may be anything."""
        return None if self._headless else set(self._by_head)

    @property
    def automaton(self) -> Automaton:
        if self._automaton is None:
            self._automaton = Automaton(self.patterns)
        return self._automaton

    def within(self, focus: Pattern, budget: Budget) -> Language | bool:
        """What is left of the language inside `focus`.

        True where a pattern covers the focus, False where none overlaps it.
        """
        head = head_of(focus)
        near: Iterable[Pattern] = self.patterns
        if head is not None:
            near = (*self._by_head.get(head, ()), *self._headless)
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


def head_of(pattern: Pattern) -> str | None:
    """The text before the first colon of all that matches; None where that may vary."""
    head, colon, _ = pattern.prefix.partition(":")
    return head if colon else None
