"""Patterns of the policy language that cover every text which a deferred one can become.

They are plain where the values are few. Else wildcards stand for what is supplied from outside, and
two things keep `*` from covering it: a value that is a part of a policy variable, which stands for
something else, and a value with colons in the first segments of an ARN, where `*` matches none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from policy_gate.deferred import combinations
from policy_gate.model import ANY_TEXT, Assumption, DeferredText

Segments = Literal["kept", "open"]
"""What a value between two colons of an ARN is taken for: kept, it holds no colon; open, nothing is
known of the ARN from there on."""

_DIVIDING_COLONS = 5
_PIECE = re.compile(r"\*\*|[*?]|[^*?]+")
_VARIABLE = re.compile(r"\$\{[^{}]*\}")


class Cover(NamedTuple):
    """A pattern of the policy language."""

    text: str
    has_open_segments: bool
    """Can a value give the ARN other segments than are written?"""


def covers_of(text: DeferredText, segments: Segments = "kept") -> list[Cover]:
    """Patterns that cover all that a text, in which only values from outside are open, can be."""
    covers = (
        _Covering(segments).of(
            part if value is None else value for value, part in zip(values, text.parts, strict=True)
        )
        for values in combinations(text.parts)
    )
    return list(dict.fromkeys(covers))


class _Covering:
    """A pattern in the making."""

    def __init__(self, segments: Segments) -> None:
        self.segments = segments
        self.text = ""
        self.has_open_segments = False
        self.unknown: int | None = None
        """Where a value begins that may open a policy variable which what follows closes."""

    def of(self, parts: Iterable[str | Assumption]) -> Cover:
        for part in parts:
            for piece in _pieces(part):
                if piece not in (ANY_TEXT, "*", "?") or isinstance(part, str):
                    self.literal(piece)
                elif self.left_variable() or (self.divides(piece) and self.segments == "open"):
                    return Cover(f"{self.text}*", self.has_open_segments)
                else:
                    self.wildcard(piece)
        return Cover(self.text, self.has_open_segments)

    def literal(self, text: str) -> None:
        before, closing, after = text.partition("}")
        if closing and self.unknown is not None and "${" not in before:
            self.text, text = f"{self.text[: self.unknown]}*", after
        if closing:
            self.unknown = None
        self.text += text

    def left_variable(self) -> bool:
        """Leaves out a policy variable that a value may complete, as `${aws:PrincipalTag/...}`.

        Nothing is known then from the beginning of the variable on.
        """
        variable = self.text.find("${", self.text.rfind("}") + 1)
        if variable < 0 and not self.text.endswith("$"):
            return False
        self.text = self.text[:variable]
        return True

    def divides(self, piece: str) -> bool:
        """May a value hold a colon where colons divide an ARN?"""
        colons = _VARIABLE.sub("", self.text).count(":")
        in_arn = self.text.startswith("arn:") and colons < _DIVIDING_COLONS
        divides = piece == ANY_TEXT and in_arn
        self.has_open_segments |= divides
        return divides

    def wildcard(self, piece: str) -> None:
        if piece == ANY_TEXT and self.unknown is None:
            self.unknown = len(self.text)
        self.text += piece[0]


def _pieces(part: str | Assumption) -> Sequence[str]:
    return [part] if isinstance(part, str) else _PIECE.findall(part.pattern)
