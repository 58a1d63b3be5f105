"""Glob patterns of the policy language, and what two of them have in common.

`*` is any text and `?` any one character. In the first five segments of an ARN neither matches
a colon; in the sixth both do.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache

ARN_SEGMENTS = 6


class Loop(IntEnum):
    """What may be repeated at a position of a pattern."""

    NOTHING = 0
    SEGMENT = 1
    """Any characters but colons."""

    ANYTHING = 2


ANY = ""
"""The symbol of `?`: one character."""

ANY_IN_SEGMENT = "^:"
"""The symbol of `?` in a segment: one character, no colon."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Symbols, each one character of text, and the repetitions before, between and after them.

    Patterns are equal where their symbols and repetitions are, however they are written.
    """

    text: str = field(compare=False)
    """As written, or as a person would write it."""

    symbols: tuple[str, ...] = field(compare=False)
    loops: tuple[Loop, ...] = field(compare=False)
    """One more than symbols."""

    prefix: str = field(compare=False)
    """The literal text that every match begins with."""

    literal: bool = field(compare=False)
    """Whether it matches its prefix and nothing else."""

    key: str
    """The symbols and repetitions as one text, which compares fast."""

    @property
    def matches_everything(self) -> bool:
        return not self.symbols and self.loops[0] is Loop.ANYTHING


@dataclass(frozen=True, slots=True)
class Wildcard:
    """`*` (repeated) or `?` in a sequence of pattern tokens; other tokens are characters."""

    repeated: bool
    crosses_colons: bool


Token = str | Wildcard
WILDCARDS: dict[str, Token] = {"*": Wildcard(True, True), "?": Wildcard(False, True)}
_IN_SEGMENT = {
    WILDCARDS["*"]: Wildcard(True, False),
    WILDCARDS["?"]: Wildcard(False, False),
}


def pattern_of(text: str, tokens: Iterable[Token]) -> Pattern:
    """The pattern of a token sequence: `**` is `*`, and `*?` is `?*`."""
    symbols: list[str] = []
    loops = [Loop.NOTHING]
    for token in tokens:
        if isinstance(token, str):
            symbols.append(token)
        elif token.repeated:
            loop = Loop.ANYTHING if token.crosses_colons else Loop.SEGMENT
            loops[-1] = max(loops[-1], loop)
            continue
        else:
            symbols.append(ANY if token.crosses_colons else ANY_IN_SEGMENT)
            same = Loop.ANYTHING if token.crosses_colons else Loop.SEGMENT
            if loops[-1] is same:
                loops[-1] = Loop.NOTHING
                loops.append(same)
                continue
        loops.append(Loop.NOTHING)
    end = next(
        (i for i, symbol in enumerate(symbols) if loops[i] or len(symbol) != 1), len(symbols)
    )
    literal = end == len(symbols) and not loops[-1]
    key = "".join(
        f"{'' if loop is Loop.NOTHING else chr(loop)}{_key_of(symbol)}"
        for loop, symbol in zip(loops, (*symbols, "$"), strict=True)
    )
    return Pattern(text, tuple(symbols), tuple(loops), "".join(symbols[:end]), literal, key)


def _key_of(symbol: str) -> str:
    """A text that begins with no control character, and that no other symbol begins with."""
    return {ANY: "?1", ANY_IN_SEGMENT: "?2", "?": "?3"}.get(symbol) or (
        f"?4{ord(symbol):x};" if symbol < " " else symbol
    )


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text without policy variables; its wildcards cross colons."""
    return [WILDCARDS.get(char, char) for char in text]


def within_segments(tokens: Sequence[Token], segments: int = ARN_SEGMENTS) -> list[Token]:
    """The tokens of an ARN: wildcards cross colons only in its last segment.

    A `*` at the end of an ARN of fewer segments matches the rest of them.
    """
    narrow: list[Token] = []
    segment = 1
    for token in tokens:
        if token == ":":
            segment += 1
        crosses = isinstance(token, str) or segment >= segments
        narrow.append(token if crosses else _IN_SEGMENT.get(token, token))
    if tokens and tokens[-1] is WILDCARDS["*"]:
        narrow[-1:] = [narrow[-1], WILDCARDS["*"]]
    return narrow


def free_pattern(text: str) -> Pattern:
    """The pattern of a text whose wildcards match colons too."""
    return pattern_of(text, tokens_of(text))


def arn_pattern(text: str, segments: int = ARN_SEGMENTS) -> Pattern:
    """The pattern of an ARN."""
    return pattern_of(text, within_segments(tokens_of(text), segments))


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
        for position, loop in enumerate(pattern.loops):
            if loop is Loop.ANYTHING:
                self._loops |= bit
            elif loop is Loop.SEGMENT:
                self._loops_in_segment |= bit
            if position < len(pattern.symbols):
                symbol = pattern.symbols[position]
                if symbol == ANY:
                    self._any |= bit
                elif symbol == ANY_IN_SEGMENT:
                    self._any_in_segment |= bit
                else:
                    self._literals[symbol] = self._literals.get(symbol, 0) | bit
            else:
                self.final |= bit
            bit <<= 1
        return bit

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

    def may_follow(self, states: int, wide: bool) -> int:
        """The states after some character; not a colon unless `wide`."""
        take = self.inside if wide else self.inside & ~self._literals.get(":", 0)
        return ((states & take) << 1) | (states & (self._loops | self._loops_in_segment))

    def must_follow(self, states: int, wide: bool) -> int:
        """The states that every character leads to; colons excepted unless `wide`."""
        take = self._any if wide else self._any | self._any_in_segment
        return ((states & take) << 1) | self.repeating(states, wide)

    def repeating(self, states: int, wide: bool) -> int:
        """Those of the states that any text leads back to; without colons unless `wide`."""
        return states & (self._loops if wide else self._loops | self._loops_in_segment)


@lru_cache(maxsize=4096)
def _machine(pattern: Pattern) -> Automaton:
    return Automaton([pattern])


def plainly_apart(one: Pattern, other: Pattern) -> bool:
    """Whether no text matches both since their literal beginnings differ."""
    common = min(len(one.prefix), len(other.prefix))
    return one.prefix[:common] != other.prefix[:common]


def overlap(one: Pattern, other: Pattern) -> bool:
    """Whether some text matches both."""
    if plainly_apart(one, other):
        return False
    if one.literal:
        return _machine(other).accepts(one.prefix)
    if other.literal:
        return _machine(one).accepts(other.prefix)
    machine = _machine(other)
    states = machine.start
    for position, loop in enumerate(one.loops):
        reached = 0
        while loop and reached != states:
            reached = states
            states |= machine.may_follow(states, loop is Loop.ANYTHING)
        if position < len(one.symbols):
            symbol = one.symbols[position]
            if len(symbol) == 1:
                states = machine.step(states, symbol)
            else:
                states = machine.may_follow(states, symbol == ANY)
        if not states:
            return False
    return bool(states & machine.final)


def covers(wide: Pattern, narrow: Pattern) -> bool:
    """Whether `wide` is seen to match all that `narrow` matches.

    True is a proof; False may be an inclusion that only a search finds.
    """
    if wide.matches_everything:
        return True
    if not narrow.prefix.startswith(wide.prefix):
        return False
    machine = _machine(wide)
    if narrow.literal:
        return machine.accepts(narrow.prefix)
    states = machine.start
    for position, loop in enumerate(narrow.loops):
        if loop:
            states = machine.repeating(states, loop is Loop.ANYTHING)
        if position < len(narrow.symbols):
            symbol = narrow.symbols[position]
            if len(symbol) == 1:
                states = machine.step(states, symbol)
            else:
                states = machine.must_follow(states, symbol == ANY)
        if not states:
            return False
    return bool(states & machine.final)
