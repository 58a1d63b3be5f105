"""Glob patterns of the policy language.

`*` is any text and `?` any one character. In the first five segments of an ARN neither matches
a colon; in the sixth both do.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import NamedTuple, TypeAlias

ARN_SEGMENTS = 6


class Loop(IntEnum):
    """What may be repeated at a position of a pattern."""

    NOTHING = 0
    SEGMENT = 1
    """Any characters but colons."""

    ANYTHING = 2


class Wildcard(NamedTuple):
    """`*` (repeated) or `?` in a sequence of pattern tokens."""

    repeated: bool
    crosses_colons: bool


Token: TypeAlias = "str | Wildcard"
"""A wildcard, or a text of the characters of which any one matches: usually one of them."""

ANY = Wildcard(repeated=False, crosses_colons=True)
ANY_IN_SEGMENT = Wildcard(repeated=False, crosses_colons=False)
WILDCARDS: dict[str, Token] = {"*": Wildcard(repeated=True, crosses_colons=True), "?": ANY}
_IN_SEGMENT = {WILDCARDS["*"]: Wildcard(True, False), ANY: ANY_IN_SEGMENT}
_WILD = re.compile(r"[*?]")
_UNUSUAL = re.compile(r"\*[*?]")


class Shape(NamedTuple):
    """Symbols, each one character of text, and the repetitions before, between and after them."""

    symbols: tuple[Token, ...]
    loops: tuple[Loop, ...]
    """One more than symbols."""


class Pattern:
    """A pattern. Patterns are equal where they have the same shape, however they are written."""

    __slots__ = ("_shape", "key", "literal", "open_ended", "prefix", "text")

    def __init__(
        self, text: str, prefix: str, literal: bool, key: object, shape: Shape | None = None
    ) -> None:
        self.text = text
        """As written, or as a person would write it."""

        self.prefix = prefix
        """The literal text that every match begins with."""

        self.literal = literal
        """Whether it matches its prefix and nothing else."""

        self.key = key
        """What tells it from patterns of other shapes."""

        self.open_ended = key == f"{prefix}*"
        """Whether it matches its prefix with anything after it."""

        self._shape = shape

    @property
    def shape(self) -> Shape:
        if self._shape is None:
            self._shape = _shape_of(tokens_of(str(self.key)))
        return self._shape

    @property
    def matches_everything(self) -> bool:
        return self.key == "*"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"Pattern({self.text!r})"


def free_pattern(text: str, written: str | None = None) -> Pattern:
    """The pattern of a text whose wildcards match colons too.

    `written` is how a person would write it.
    """
    wild = _WILD.search(text)
    if not wild:
        return Pattern(written or text, text, literal=True, key=text)
    if _UNUSUAL.search(text):
        return pattern_of(written or text, tokens_of(text))
    return Pattern(written or text, text[: wild.start()], literal=False, key=text)


def literal_pattern(text: str) -> Pattern:
    """The pattern that matches the text, whatever its characters, and nothing else."""
    key = (text,) if _WILD.search(text) else text
    return Pattern(text, text, True, key, None if key == text else _shape_of(list(text)))


def arn_pattern(text: str, segments: int = ARN_SEGMENTS) -> Pattern:
    """The pattern of an ARN."""
    return pattern_of(text, within_segments(tokens_of(text), segments))


def pattern_of(text: str, tokens: Sequence[Token]) -> Pattern:
    """The pattern of a token sequence: `**` is `*`, and `*?` is `?*`."""
    plain = [token if isinstance(token, str) else "" for token in tokens]
    end = next((i for i, token in enumerate(plain) if len(token) != 1), len(plain))
    prefix = "".join(plain[:end])
    if end == len(tokens):
        return Pattern(text, prefix, True, literal_pattern(prefix).key, _shape_of(plain))
    shape = _shape_of(tokens)
    return Pattern(text, prefix, False, _key_of(shape), shape)


def _key_of(shape: Shape) -> object:
    """The text that a free pattern of that shape has, or else the shape itself."""
    text = ""
    for symbol, loop in zip((*shape.symbols, ""), shape.loops, strict=True):
        is_plain = symbol == ANY or (isinstance(symbol, str) and len(symbol) < 2)
        if loop is Loop.SEGMENT or not is_plain or symbol in ("*", "?"):
            return shape
        text += "*" if loop else ""
        text += symbol if isinstance(symbol, str) else "?"
    return text


def _shape_of(tokens: Iterable[Token]) -> Shape:
    symbols: list[Token] = []
    loops = [Loop.NOTHING]
    for token in tokens:
        if isinstance(token, str):
            symbols.append(token)
        elif token.repeated:
            loops[-1] = max(loops[-1], Loop.ANYTHING if token.crosses_colons else Loop.SEGMENT)
            continue
        else:
            symbols.append(token)
            same = Loop.ANYTHING if token.crosses_colons else Loop.SEGMENT
            if loops[-1] is same:
                loops[-1] = Loop.NOTHING
                loops.append(same)
                continue
        loops.append(Loop.NOTHING)
    return Shape(tuple(symbols), tuple(loops))


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text without policy variables; its wildcards cross colons."""
    return [WILDCARDS.get(char, char) for char in text]


def without_case(tokens: Iterable[Token]) -> list[Token]:
    """The tokens with either case of every ASCII letter."""
    return [
        token.lower() + token.upper()
        if isinstance(token, str) and token.isascii() and token.isalpha()
        else token
        for token in tokens
    ]


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
        narrow.append(token if isinstance(token, str) or crosses else _IN_SEGMENT[token])
    if tokens and tokens[-1] == WILDCARDS["*"]:
        narrow[-1:] = [narrow[-1], WILDCARDS["*"]]
    return narrow
