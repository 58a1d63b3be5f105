"""Files to text, bounded and decoded, and offsets to locations."""

from __future__ import annotations

import codecs
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from policy_gate.model import Location
from policy_gate.syntax.node import Lines, Node, ReadError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes, errors: str = "strict") -> str:
    """The text of UTF-8, or of UTF-16 or UTF-32 with a byte order mark, without the mark.

    `errors` is that of `bytes.decode`. Raises ReadError for anything else.
    """
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), "utf-8")
    try:
        text = data.decode(encoding, errors)
    except UnicodeDecodeError as error:
        offset = error.start if encoding == "utf-8" else 0
        start = data[:offset].decode("utf-8", "replace")
        raise ReadError(f"this is not {encoding.upper()} text", len(start)) from error
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise ReadError("this is a binary file", 0)
    return text


def shown(path: Path) -> str:
    """The path as the user would write it: relative to the working directory where it is inside."""
    absolute = Path(os.path.abspath(path))
    here = Path.cwd()
    inside = absolute.is_relative_to(here)
    return (absolute.relative_to(here) if inside else absolute).as_posix()


@dataclass(frozen=True)
class Source:
    """A text and the file it came from."""

    path: str
    text: str

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.text)

    def location(self, start: int, end: int) -> Location:
        """The range of the file that two character offsets span."""
        return Location(self.path, *self._lines.span(start, end))

    def locate(self, node: Node) -> Location:
        """Where a node stands."""
        return self.location(node.start, node.end)


@dataclass(frozen=True)
class Embedded(Source):
    """A text that stands inside another, as a template in a string of a template."""

    outer: Source
    places: Sequence[tuple[int, int]]
    """The characters of the outer text that each character of this one stands for."""

    def location(self, start: int, end: int) -> Location:
        return self.outer.location(*span_of(self.places, start, end))


def span_of(places: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """The range that the characters from `start` to `end` stand for; `places` is not empty."""
    first = places[min(start, len(places) - 1)]
    last = places[min(max(end - 1, start), len(places) - 1)]
    # Pieces of one text may stand in the file in another order.
    return (first[0], last[1]) if last[1] > first[0] else first
