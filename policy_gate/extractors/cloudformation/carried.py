"""Texts that one stack gives another: parameters of nested stacks, outputs and exports.

What only deployment knows keeps its meaning on the way and gets the name of the stack it comes
from: a `${Bucket}` of the stack Data is `${Data/Bucket}` elsewhere, where a `${Bucket}` is another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from policy_gate.extractors.stand_ins import stand_in
from policy_gate.extractors.texts import Part
from policy_gate.model import Assumption, AssumptionKind

_OF_THE_PARTITION = frozenset({"${AWS::Partition}", "${AWS::URLSuffix}"})
_OF_THE_ENVIRONMENT = _OF_THE_PARTITION | {"${AWS::AccountId}", "${AWS::Region}"}


class Carried(NamedTuple):
    """A text on its way from one stack to another."""

    parts: tuple[Part, ...]
    assumed: tuple[Assumption, ...] = ()
    """What it rests on, besides the assumptions among its parts."""

    @property
    def is_plain(self) -> bool:
        return all(isinstance(part, str) for part in self.parts)

    @property
    def is_certain(self) -> bool:
        """Is it one plain text, whatever the defaults of the stack that gives it?"""
        return self.is_plain and all(
            item.expression in _OF_THE_ENVIRONMENT for item in self.assumed
        )

    @property
    def plain(self) -> str:
        """The text, where it is plain."""
        return "".join(part for part in self.parts if isinstance(part, str))


def carried(
    origin: str, parts: Iterable[Part], assumed: Iterable[Assumption], same_environment: bool
) -> Carried:
    """A text of the stack that is called `origin`, for use in another.

    `same_environment`: is the other in the same account and Region?
    """

    def renamed(assumption: Assumption) -> Assumption:
        expression = assumption.expression
        shared = _OF_THE_ENVIRONMENT if same_environment else _OF_THE_PARTITION
        if expression in shared or not expression.startswith("${"):
            return assumption
        is_default = assumption.kind is AssumptionKind.DEFAULT
        return replace(
            assumption,
            expression=f"${{{origin}/{expression[2:-1]}}}",
            stand_in=assumption.stand_in
            if is_default
            else stand_in(f"{origin}/{assumption.stand_in}"),
        )

    texts = tuple(part if isinstance(part, str) else renamed(part) for part in parts)
    defaults = tuple(renamed(item) for item in assumed if item.kind is AssumptionKind.DEFAULT)
    return Carried(texts, defaults)


def may_be(parts: Sequence[Part], text: str) -> bool:
    """Can the parts together be this text? False only where they surely can't."""
    known = [part for part in parts if isinstance(part, str)]
    if len(known) == len(parts):
        return "".join(known) == text
    shortest = sum(map(len, known)) + sum(
        not isinstance(part, str) and part.kind is AssumptionKind.CREATED_HERE for part in parts
    )
    first = parts[0] if isinstance(parts[0], str) else ""
    last = parts[-1] if isinstance(parts[-1], str) else ""
    return len(text) >= shortest and text.startswith(first) and text.endswith(last)
