"""The part of Java's regular expressions that a finite automaton decides in linear time.

Literals, escapes, classes, groups, alternatives, counted and lazy repetitions, anchors. Nothing is
ever given to an engine that backtracks: a pattern of a template may be hostile. What is written
otherwise, or means something else in other dialects, is refused.
Source: https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/regex/Pattern.html
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

MAX_LENGTH = 2000
"""Characters of a pattern."""

MAX_DEPTH = 30
"""Groups inside each other."""

_MAX_DIGITS = 5
_LAST = 0x10FFFF
_COUNT = re.compile(rf"\{{([0-9]{{1,{_MAX_DIGITS}}})(?:(,)([0-9]{{1,{_MAX_DIGITS}}})?)?\}}")


class Chars(NamedTuple):
    """One character of a set: the code points of its ranges, both ends included."""

    ranges: tuple[tuple[int, int], ...]
    """In ascending order, and apart."""

    def has(self, char: str) -> bool:
        index = bisect_right(self.ranges, (ord(char), _LAST)) - 1
        return index >= 0 and ord(char) <= self.ranges[index][1]

    @property
    def size(self) -> int:
        return sum(last - first + 1 for first, last in self.ranges)


class Sequence(NamedTuple):
    items: tuple[Expression, ...]


class Choice(NamedTuple):
    options: tuple[Expression, ...]


class Repeat(NamedTuple):
    item: Expression
    least: int
    most: int | None
    """None is any number of times."""


Expression: TypeAlias = "Chars | Sequence | Choice | Repeat"


class UnsupportedError(Exception):
    """The pattern is beyond the subset, or is none."""


def parse(pattern: str) -> Expression:
    """What the whole of a text must be to match.

    An anchor counts as nothing: where it makes a match impossible, the expression matches more than
    the pattern. So does `.`, which here is a line break too. Raises UnsupportedError.
    """
    if not pattern or len(pattern) > MAX_LENGTH:
        raise UnsupportedError
    parser = _Parser(pattern)
    expression = parser.choice(0)
    if parser.position < len(pattern):
        raise UnsupportedError
    return expression


def _set(*ranges: tuple[int, int] | str) -> Chars:
    """The set of ranges, each two code points or a text of two characters."""
    ends = sorted((ord(r[0]), ord(r[1])) if isinstance(r, str) else r for r in ranges)
    merged: list[tuple[int, int]] = []
    for first, last in ends:
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(merged[-1][1], last)
        else:
            merged.append((first, last))
    return Chars(tuple(merged))


def _united(sets: Iterable[Chars]) -> Chars:
    return _set(*(ends for chars in sets for ends in chars.ranges))


def _negated(chars: Chars) -> Chars:
    gaps: list[tuple[int, int]] = []
    start = 0
    for first, last in chars.ranges:
        if start < first:
            gaps.append((start, first - 1))
        start = last + 1
    return Chars((*gaps, (start, _LAST)) if start <= _LAST else tuple(gaps))


_ANYTHING = Chars(((0, _LAST),))
_NOTHING = Sequence(())
_SETS = {
    "d": _set("09"),
    "s": _set("\t\r", "  "),
    "w": _set("09", "AZ", "__", "az"),
}
_SETS |= {name.upper(): _negated(chars) for name, chars in _SETS.items()}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}
_ANCHORS = frozenset("AzZ")
_COUNTS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_QUANTIFIERS = frozenset("*+?{")


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def peek(self, length: int = 1) -> str:
        return self.text[self.position : self.position + length]

    def take(self) -> str:
        char = self.peek()
        if not char:
            raise UnsupportedError
        self.position += 1
        return char

    def choice(self, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            raise UnsupportedError
        options = [self.sequence(depth)]
        while self.peek() == "|":
            self.take()
            options.append(self.sequence(depth))
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def sequence(self, depth: int) -> Expression:
        items: list[Expression] = []
        while self.peek() not in ("", "|", ")"):
            items.append(self.repeated(self.atom(depth)))
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def repeated(self, item: Expression) -> Expression:
        """The item as often as the quantifier after it says."""
        if self.peek() not in _QUANTIFIERS:
            return item
        least, most = self.count()
        if self.peek() == "?":
            # What is tried first makes no difference to whether the whole matches.
            self.take()
        if self.peek() in _QUANTIFIERS:
            raise UnsupportedError
        return Repeat(item, least, most)

    def count(self) -> tuple[int, int | None]:
        if self.peek() in _COUNTS:
            return _COUNTS[self.take()]
        match = _COUNT.match(self.text, self.position)
        if match is None:
            raise UnsupportedError
        self.position = match.end()
        least = int(match[1])
        most = (int(match[3]) if match[3] else None) if match[2] else least
        if most is not None and most < least:
            raise UnsupportedError
        return least, most

    def atom(self, depth: int) -> Expression:
        char = self.take()
        if char == "(":
            return self.group(depth)
        if char == "[":
            return self.chars()
        if char == "\\":
            return self.escape()
        if char in "^$":
            return _NOTHING
        if char in _QUANTIFIERS:
            raise UnsupportedError
        return _ANYTHING if char == "." else _set(char * 2)

    def group(self, depth: int) -> Expression:
        if self.peek() == "?":
            if self.peek(2) != "?:":
                raise UnsupportedError
            self.position += 2
        inside = self.choice(depth + 1)
        if self.take() != ")":
            raise UnsupportedError
        return inside

    def escape(self) -> Expression:
        if self.peek() in _ANCHORS:
            self.take()
            return _NOTHING
        return self.escaped_chars()

    def escaped_chars(self) -> Chars:
        char = self.take()
        if char in _SETS:
            return _SETS[char]
        if char in _CONTROLS:
            return _set(_CONTROLS[char] * 2)
        if char.isalnum():
            raise UnsupportedError
        return _set(char * 2)

    def chars(self) -> Chars:
        """A class; those inside another, and intersections, are refused."""
        is_negated = self.peek() == "^"
        if is_negated:
            self.take()
        if self.peek() == "]":
            raise UnsupportedError
        sets: list[Chars] = []
        while self.peek() != "]":
            first = self.member()
            if self.peek() == "-" and self.peek(2) != "-]" and first.size == 1:
                self.take()
                sets.append(_range(first, self.member()))
            else:
                sets.append(first)
        self.take()
        united = _united(sets)
        return _negated(united) if is_negated else united

    def member(self) -> Chars:
        if self.peek() == "[" or self.peek(2) == "&&":
            raise UnsupportedError
        char = self.take()
        return self.escaped_chars() if char == "\\" else _set(char * 2)


def _range(first: Chars, last: Chars) -> Chars:
    start, end = first.ranges[0][0], last.ranges[0][1]
    if last.size != 1 or end < start:
        raise UnsupportedError
    return Chars(((start, end),))
