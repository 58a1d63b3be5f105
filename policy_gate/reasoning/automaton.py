"""Unions of patterns as automata, and what two patterns have in common."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from policy_gate.reasoning.patterns import ANY, ANY_IN_SEGMENT, Loop, Pattern, Token


class Automaton:
    """A union of patterns as a bit-parallel non-deterministic automaton.

    A set of states is an integer, one bit a position of a pattern.
    """

    __slots__ = (
        "_any", "_any_in_segment", "_literals", "_loops", "_loops_in_segment", "_moves",
        "final", "inside", "size", "start", "universal",
    )  # fmt: skip

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.start = self.final = 0
        self._any = self._any_in_segment = self._loops = self._loops_in_segment = 0
        self._literals: dict[str, int] = {}
        self._moves: dict[str, tuple[int, int]] = {}
        bit = 1
        for pattern in patterns:
            self.start |= bit
            bit = self._add(pattern, bit)
        self.size = bit.bit_length() - 1
        self.inside = (bit - 1) & ~self.final
        self.universal = self.final & self._loops

    def _add(self, pattern: Pattern, bit: int) -> int:
        symbols, loops = pattern.shape
        for symbol, loop in zip(symbols, loops, strict=False):
            if loop is Loop.ANYTHING:
                self._loops |= bit
            elif loop is Loop.SEGMENT:
                self._loops_in_segment |= bit
            if isinstance(symbol, str):
                for char in symbol:
                    self._literals[char] = self._literals.get(char, 0) | bit
            elif symbol.crosses_colons:
                self._any |= bit
            else:
                self._any_in_segment |= bit
            bit <<= 1
        if loops[-1] is Loop.ANYTHING:
            self._loops |= bit
        elif loops[-1] is Loop.SEGMENT:
            self._loops_in_segment |= bit
        self.final |= bit
        return bit << 1

    @property
    def alphabet(self) -> Iterable[str]:
        """The characters that the patterns name."""
        return self._literals.keys()

    def step(self, states: int, char: str) -> int:
        """The states after one more character."""
        moves = self._moves.get(char)
        if moves is None:
            wide = char != ":"
            take = self._literals.get(char, 0) | self._any | (self._any_in_segment if wide else 0)
            moves = take, self._loops | (self._loops_in_segment if wide else 0)
            self._moves[char] = moves
        take, stay = moves
        return ((states & take) << 1) | (states & stay)

    def accepts(self, text: str) -> bool:
        states = self.start
        for char in text:
            states = self.step(states, char)
        return bool(states & self.final)

    def may_follow(self, states: int, symbol: Token) -> int:
        """The states after some character that the symbol of a pattern matches."""
        if isinstance(symbol, str):
            after = 0
            for char in symbol:
                after |= self.step(states, char)
            return after
        take = self.inside if symbol.crosses_colons else self.inside & ~self._literals.get(":", 0)
        return ((states & take) << 1) | (states & (self._loops | self._loops_in_segment))

    def must_follow(self, states: int, symbol: Token) -> int:
        """The states that every character leads to that the symbol of a pattern matches."""
        if isinstance(symbol, str):
            after = states << 1 | states
            for char in symbol:
                after &= self.step(states, char)
            return after
        take = self._any if symbol.crosses_colons else self._any | self._any_in_segment
        return ((states & take) << 1) | self.repeating(states, symbol.crosses_colons)

    def following(self, states: int) -> list[str] | None:
        """The characters that may follow; None where any may."""
        wild = self._any | self._any_in_segment | self._loops | self._loops_in_segment
        if states & wild:
            return None
        return [char for char, positions in self._literals.items() if states & positions]

    def closure(self, states: int, loop: Loop) -> int:
        """The states after some text, without colons or with, that may be empty."""
        symbol = ANY if loop is Loop.ANYTHING else ANY_IN_SEGMENT
        reached = 0
        while loop and reached != states:
            reached = states
            states |= self.may_follow(states, symbol)
        return states

    def repeating(self, states: int, wide: bool) -> int:
        """Those of the states that any text leads back to; without colons unless `wide`."""
        return states & (self._loops if wide else self._loops | self._loops_in_segment)


@lru_cache(maxsize=4096)
def machine_of(pattern: Pattern) -> Automaton:
    """The automaton of one pattern."""
    return Automaton([pattern])


def plainly_apart(one: Pattern, other: Pattern) -> bool:
    """Whether no text matches both since their literal beginnings differ."""
    return not (one.prefix.startswith(other.prefix) or other.prefix.startswith(one.prefix))


def overlap(one: Pattern, other: Pattern) -> bool:
    """Whether some text matches both."""
    if plainly_apart(one, other):
        return False
    if one.literal:
        return matches(other, one.prefix)
    if other.literal:
        return matches(one, other.prefix)
    shorter, longer = (one, other) if len(one.prefix) <= len(other.prefix) else (other, one)
    if shorter.open_ended:
        return True
    machine = machine_of(longer)
    states = machine.start
    symbols, loops = shorter.shape
    for symbol, loop in zip(symbols, loops, strict=False):
        states = machine.may_follow(machine.closure(states, loop), symbol)
        if not states:
            return False
    return bool(machine.closure(states, loops[-1]) & machine.final)


def matches(pattern: Pattern, text: str) -> bool:
    """Whether a pattern matches a text."""
    if pattern.literal:
        return pattern.prefix == text
    if not text.startswith(pattern.prefix):
        return False
    return pattern.open_ended or machine_of(pattern).accepts(text)


def covers(wide: Pattern, narrow: Pattern) -> bool:
    """Whether `wide` is seen to match all that `narrow` matches.

    True is a proof; False may be an inclusion that only a search finds.
    """
    if not narrow.prefix.startswith(wide.prefix):
        return False
    if wide.open_ended:
        return True
    if narrow.literal:
        return matches(wide, narrow.prefix)
    if wide.literal:
        return False
    machine = machine_of(wide)
    states = machine.start
    symbols, loops = narrow.shape
    for symbol, loop in zip((*symbols, None), loops, strict=True):
        if loop:
            states = machine.repeating(states, loop is Loop.ANYTHING)
        if symbol is not None:
            states = machine.must_follow(states, symbol)
        if not states:
            return False
    return bool(states & machine.final)
