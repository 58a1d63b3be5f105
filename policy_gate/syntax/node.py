"""The tree that both readers make, and the text it stands in."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TypeAlias

MAX_DEPTH = 100
"""Collections inside collections; real templates nest about 30 deep."""

Content: TypeAlias = "bool | int | float | str | list[Node] | dict[str, Node] | None"


class ReadError(Exception):
    """Text that is not what it should be: `message`, and the `offset` in characters."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


@dataclass(slots=True, eq=False)
class Node:
    """A value and the half-open range of characters it stands in."""

    value: Content
    start: int
    end: int
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)
    """For a mapping: where each key stands."""

    @property
    def entries(self) -> dict[str, Node]:
        """The children of a mapping; none for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    def plain(self) -> object:
        """The value without positions: what `json.loads` would give."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value


class Lines:
    """Offsets of a text to lines and columns."""

    def __init__(self, text: str) -> None:
        self._starts = array("L", [0])
        position = text.find("\n")
        while position >= 0:
            self._starts.append(position + 1)
            position = text.find("\n", position + 1)

    def position(self, offset: int) -> tuple[int, int]:
        """Line from 1 and column from 0 of a character offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1]

    def span(self, start: int, end: int) -> tuple[int, int, int, int]:
        """Line and column, both from 1, of two offsets, which most often are on one line."""
        line, column = self.position(start)
        if line == len(self._starts) or end < self._starts[line]:
            return line, column + 1, line, column + 1 + end - start
        end_line, end_column = self.position(end)
        return line, column + 1, end_line, end_column + 1
