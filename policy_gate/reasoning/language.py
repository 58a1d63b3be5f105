"""A set of texts: what any of a list of patterns matches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from policy_gate.reasoning.automaton import Automaton, covers, matches, overlap, plainly_apart
from policy_gate.reasoning.budget import Budget
from policy_gate.reasoning.patterns import Pattern

_FEW = 6
"""So many patterns are looked at one by one."""


class Language:
    """The union of patterns. Languages are equal where they list the same ones in any order."""

    __slots__ = ("_automaton", "_by_head", "_hash", "_headless", "_set", "patterns")

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.patterns = tuple(dict.fromkeys(patterns))
        self._set = frozenset(self.patterns)
        self._hash = hash(self._set)
        self._automaton: Automaton | None = None
        self._by_head: dict[str, list[Pattern]] | None = None
        self._headless: list[Pattern] = []

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Language) and self._set == other._set)

    def __repr__(self) -> str:
        return f"Language({[pattern.text for pattern in self.patterns]})"

    @property
    def heads(self) -> Iterable[str] | None:
        """What its texts have before their first colon; None where that may be anything."""
        by_head = self._indexed()
        return None if self._headless else by_head.keys()

    @property
    def automaton(self) -> Automaton:
        if self._automaton is None:
            self._automaton = Automaton(self.patterns)
        return self._automaton

    @property
    def is_finite(self) -> bool:
        """Whether it is seen to be a list of texts."""
        return all(pattern.literal for pattern in self.patterns)

    def accepts(self, text: str) -> bool:
        head, colon, _ = text.partition(":")
        near = self._near(head if colon else None)
        return any(matches(pattern, text) for pattern in near)

    def within(self, focus: Pattern, budget: Budget) -> Language | bool:
        """What is left of the language inside `focus`.

        True where a pattern covers the focus, False where none overlaps it.
        """
        if focus in self._set:
            return True
        overlapping = []
        near = self._near(head_of(focus))
        budget.spend(1 + len(near))
        for pattern in near:
            if plainly_apart(pattern, focus):
                continue
            budget.spend(4 + len(focus.text))
            if covers(pattern, focus):
                return True
            if overlap(pattern, focus):
                overlapping.append(pattern)
        if not overlapping:
            return False
        return self if len(overlapping) == len(self.patterns) else Language(overlapping)

    def _near(self, head: str | None) -> Sequence[Pattern]:
        """The patterns that may match texts with that head, any head if it is None."""
        if head is None or len(self.patterns) <= _FEW:
            return self.patterns
        near = self._indexed().get(head, [])
        return [*near, *self._headless] if self._headless else near

    def _indexed(self) -> dict[str, list[Pattern]]:
        if self._by_head is None:
            by_head: dict[str, list[Pattern]] = {}
            headless = []
            for pattern in self.patterns:
                head = head_of(pattern)
                if head is None:
                    headless.append(pattern)
                else:
                    by_head.setdefault(head, []).append(pattern)
            # In this order, since threads may share a language.
            self._headless = headless
            self._by_head = by_head
        return self._by_head


def head_of(pattern: Pattern) -> str | None:
    """The text before the first colon of all that matches; None where that may vary."""
    head, colon, _ = pattern.prefix.partition(":")
    return head if colon else None
