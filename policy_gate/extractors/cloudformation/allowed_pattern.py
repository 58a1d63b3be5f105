"""AllowedPattern of a parameter: which values it refuses, and what covers those it takes.

CloudFormation matches the whole value, and each item of a list.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from functools import cached_property

from policy_gate.extractors.cloudformation.regular_expressions import (
    Chars,
    Choice,
    Expression,
    Repeat,
    UnsupportedError,
    parse,
)
from policy_gate.model import ANY_TEXT

MAX_TEXTS = 50
"""Values of a pattern that are told one by one."""

MAX_STATES = 1000
"""States of an automaton; a pattern that needs more refuses nothing."""

MAX_STEPS = 100_000
"""Steps of one match; a text that needs more is not refused."""

_MAX_TEXT = 200
_MAX_COPIES = 64
_MAX_TOKENS = 250

Tokens = Sequence[str]
"""Characters, and the wildcards of `Assumption.pattern`."""


def allowed_pattern(text: str) -> AllowedPattern | None:
    """The pattern, None where it is beyond what is decided in linear time: then any value is."""
    try:
        return AllowedPattern(parse(text))
    except UnsupportedError:
        return None


class AllowedPattern:
    """The values that an expression matches."""

    def __init__(self, expression: Expression) -> None:
        self.expression = expression

    @cached_property
    def cover(self) -> str:
        """A pattern, as `Assumption.pattern` says, of at least all the values."""
        return "".join(_covering(self.expression))

    @cached_property
    def texts(self) -> tuple[str, ...] | None:
        """All the values, where they are few."""
        return _texts(self.expression)

    @property
    def names_everyone(self) -> bool:
        """Is `*` written out as one of the values, rather than one of the characters of a class?"""
        return self.matches("*", literally=True)

    def matches(self, text: str, *, literally: bool = False) -> bool:
        """False only where the text is certainly no value; `literally`, classes match nothing."""
        automaton = self._automaton
        if automaton is None or self.steps(text) > MAX_STEPS:
            return True
        return automaton.matches(text, literally)

    def steps(self, text: str) -> int:
        """What a match costs at most, the making of the automaton included."""
        if self._automaton is None:
            return MAX_STATES
        return self._automaton.size * (len(text) + 1)

    @cached_property
    def _automaton(self) -> _Automaton | None:
        try:
            return _Automaton(self.expression)
        except UnsupportedError:
            return None


class _Automaton:
    """Thompson's construction, run on all states at once: no text makes it go back.

    Repetitions beyond _MAX_COPIES are any number of them.
    """

    def __init__(self, expression: Expression) -> None:
        self.free: list[list[int]] = []
        """States that each state leads to without a character."""

        self.edges: list[tuple[Chars, int] | None] = []
        """The characters that lead on from each state, and where to."""

        start = self.state()
        self.end = self.added(expression, start)
        self.start = self.closure([start])

    @property
    def size(self) -> int:
        return len(self.free)

    def state(self) -> int:
        if self.size >= MAX_STATES:
            raise UnsupportedError
        self.free.append([])
        self.edges.append(None)
        return self.size - 1

    def added(self, expression: Expression, start: int) -> int:
        """The state in which an expression is matched that begins in the state `start`.

        Both have no edge to begin with.
        """
        if isinstance(expression, Chars):
            end = self.state()
            self.edges[start] = expression, end
            return end
        if isinstance(expression, Choice):
            ends = [self.added(option, self.joint(start)) for option in expression.options]
            return self.joint(*ends)
        if isinstance(expression, Repeat):
            return self.repeated(expression, start)
        for item in expression.items:
            start = self.added(item, start)
        return start

    def repeated(self, repeat: Repeat, start: int) -> int:
        for _ in range(min(repeat.least, _MAX_COPIES)):
            start = self.added(repeat.item, start)
        if repeat.most is None or repeat.most > _MAX_COPIES:
            loop = self.joint(start)
            end = self.added(repeat.item, self.joint(loop))
            self.free[end].append(loop)
            return self.joint(loop)
        ends = [start]
        for _ in range(repeat.most - repeat.least):
            ends.append(self.added(repeat.item, self.joint(ends[-1])))
        return self.joint(*ends)

    def joint(self, *sources: int) -> int:
        """A new state that others lead to."""
        state = self.state()
        for source in sources:
            self.free[source].append(state)
        return state

    def closure(self, states: Iterable[int]) -> set[int]:
        found: set[int] = set()
        pending = list(states)
        while pending:
            state = pending.pop()
            if state not in found:
                found.add(state)
                pending += self.free[state]
        return found

    def matches(self, text: str, literally: bool) -> bool:
        states = self.start
        for char in text:
            leading = [edge for state in states if (edge := self.edges[state]) is not None]
            states = self.closure(
                target
                for chars, target in leading
                if chars.has(char) and (not literally or chars.size == 1)
            )
        return self.end in states


def _texts(expression: Expression) -> tuple[str, ...] | None:
    if isinstance(expression, Chars):
        if expression.size > MAX_TEXTS:
            return None
        codes = (range(first, last + 1) for first, last in expression.ranges)
        return tuple(map(chr, itertools.chain.from_iterable(codes)))
    if isinstance(expression, Choice):
        return _few(map(_texts, expression.options), [])
    if isinstance(expression, Repeat):
        return _repeated_texts(expression)
    texts: tuple[str, ...] | None = ("",)
    for item in expression.items:
        texts = _followed(texts, _texts(item))
    return texts


def _repeated_texts(repeat: Repeat) -> tuple[str, ...] | None:
    item = _texts(repeat.item)
    if item is None or repeat.most is None or repeat.most > _MAX_TEXT:
        return None
    power: tuple[str, ...] | None = ("",)
    powers = []
    for count in range(repeat.most + 1):
        if count >= repeat.least:
            powers.append(power)
        power = _followed(power, item)
    return _few(powers, [])


def _followed(
    texts: tuple[str, ...] | None, others: tuple[str, ...] | None
) -> tuple[str, ...] | None:
    if texts is None or others is None or len(texts) * len(others) > MAX_TEXTS:
        return None
    return _few([tuple(f"{one}{other}" for one in texts for other in others)], [])


def _few(lists: Iterable[tuple[str, ...] | None], found: list[str]) -> tuple[str, ...] | None:
    """The texts of all the lists, None where they are not few and short."""
    for texts in lists:
        if texts is None:
            return None
        found += texts
    distinct = tuple(dict.fromkeys(found))
    is_few = len(distinct) <= MAX_TEXTS and all(len(text) <= _MAX_TEXT for text in distinct)
    return distinct if is_few else None


def _covering(expression: Expression) -> Tokens:
    """Tokens that match all that the expression does."""
    if isinstance(expression, Chars):
        return [_one(expression)]
    if isinstance(expression, Choice):
        return _choice([_covering(option) for option in expression.options])
    if isinstance(expression, Repeat):
        item = _covering(expression.item)
        copies = expression.least if len(item) * expression.least <= _MAX_COPIES else 0
        has_more = copies < expression.least or copies != expression.most
        return _simplified([*(list(item) * copies), *(_wild(item) if has_more else [])])
    return _simplified([token for item in expression.items for token in _covering(item)])


def _one(chars: Chars) -> str:
    """A character as it is, or `?`.

    In a value a `*` or a policy variable stands for texts of any length.
    """
    if chars.size == 1:
        return chr(chars.ranges[0][0])
    return ANY_TEXT if any(map(chars.has, "*:$")) else "?"


def _choice(options: list[Tokens]) -> Tokens:
    """What all options begin and end with, and anything between."""
    shortest = min(map(len, options))
    start = next(
        (i for i in range(shortest) if len({option[i] for option in options}) > 1), shortest
    )
    rests = [option[start:] for option in options]
    left = shortest - start
    tail = next((i for i in range(left) if len({rest[-1 - i] for rest in rests}) > 1), left)
    between = [token for rest in rests for token in rest[: len(rest) - tail]]
    end = rests[0][len(rests[0]) - tail :]
    return _simplified([*options[0][:start], *_wild(between), *end])


def _wild(tokens: Tokens) -> Tokens:
    """Any number of what the tokens match; nothing where there are none."""
    if any(token in (ANY_TEXT, ":", "$") for token in tokens):
        return [ANY_TEXT]
    return ["*"] if tokens else []


def _simplified(tokens: Tokens) -> Tokens:
    """The tokens with one wildcard in place of several in a row, but for those of one character."""
    found: list[str] = []
    for is_wild, group in itertools.groupby(tokens, lambda token: token in ("?", "*", ANY_TEXT)):
        run = list(group)
        if is_wild and {"*", ANY_TEXT}.intersection(run):
            run = [ANY_TEXT if ANY_TEXT in run else "*"]
        found += run
    return found if len(found) <= _MAX_TOKENS else [ANY_TEXT]
