"""Values of a plan or of its sources, each of which knows where it is written.

Unlike a template, a Terraform policy is put together from several files: each value carries its own
place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias, overload

from policy_gate.extractors.texts import Part, join
from policy_gate.model import Assumption, DeferredText, Location
from policy_gate.syntax.source import Source

LocatedValue: TypeAlias = (
    "bool | int | float | str | DeferredText | list[Located] | dict[str, Located] | None"
)


class Place(NamedTuple):
    """A range of characters in a file."""

    source: Source
    start: int
    end: int

    @property
    def location(self) -> Location:
        return self.source.location(self.start, self.end)


class Piece(NamedTuple):
    """A part of a text, and where it is written."""

    part: Part
    place: Place
    spans: Sequence[tuple[int, int]] | None = None
    """Where in the place's source each of its characters stands; None where all of the place stands
    for the part."""


class Verbatim(Sequence[tuple[int, int]]):
    """The spans of characters that stand in a file one after another, as they are."""

    def __init__(self, start: int, length: int) -> None:
        self.start = start
        self.length = length

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, index: int) -> tuple[int, int]: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[tuple[int, int]]: ...

    def __getitem__(self, index: int | slice) -> tuple[int, int] | Sequence[tuple[int, int]]:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(self.length))]
        if not 0 <= index < self.length:
            raise IndexError(index)
        return self.start + index, self.start + index + 1


@dataclass(slots=True, eq=False)
class Located:
    """A value and where it is written. A DeferredText of one part can also be a list or a mapping.

    Sets are lists in the order that Terraform gives them.
    """

    value: LocatedValue
    place: Place
    keys: dict[str, Place] = field(default_factory=dict)
    """For a mapping: where each key stands."""

    pieces: tuple[Piece, ...] = ()
    """For a text: what it is made of, where that is more than its place tells."""

    structure: Located | None = None
    """For a text that jsonencode made: what it was made from."""

    is_set: bool = False
    """Is the list a set? Its items are their own keys then."""

    is_error: bool = False
    """Would Terraform stop here, as for an attribute that an object does not have?"""

    size: int = 0
    """How much it is, written out: values, pieces and hundreds of characters; 0 if not measured."""

    @property
    def is_unknown(self) -> bool:
        """Is nothing known of it, not even its type?"""
        value = self.value
        return (
            isinstance(value, DeferredText)
            and len(value.parts) == 1
            and isinstance(value.parts[0], Assumption)
        )


def measured(value: Located) -> int:
    """The size of a value, which is measured once: it may hold one part in many places."""
    if not value.size:
        content = value.value
        size = 1 + len(value.pieces)
        if isinstance(content, dict):
            size += sum(len(key) // 100 + measured(child) for key, child in content.items())
        elif isinstance(content, list):
            size += sum(map(measured, content))
        elif isinstance(content, str):
            size += len(content) // 100
        elif isinstance(content, DeferredText):
            size += sum(1 + len(part) // 100 for part in content.parts if isinstance(part, str))
        value.size = size
    return value.size


def unknown(assumption: Assumption, place: Place) -> Located:
    """A value of which nothing is known."""
    return Located(DeferredText((assumption,)), place)


def text(pieces: Sequence[Piece], place: Place) -> Located:
    """The text that the pieces make."""
    return Located(join(piece.part for piece in pieces), place, pieces=tuple(pieces))


def pieces_of(located: Located) -> tuple[Piece, ...] | None:
    """What a value used as text is made of, None for a list, a mapping or null.

    Numbers and booleans are written as Terraform converts them.
    """
    if located.pieces:
        return located.pieces
    value = located.value
    if isinstance(value, DeferredText):
        return tuple(Piece(part, located.place) for part in value.parts)
    written = scalar_text(value)
    return None if written is None else (Piece(written, located.place),)


def scalar_text(value: object) -> str | None:
    """A scalar as Terraform converts it to a string; None for anything else.

    Source: https://developer.hashicorp.com/terraform/language/expressions/types#type-conversion
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) else None


def located(value: object, place: Place) -> Located:
    """A plain JSON value, all of which stands at one place."""
    if isinstance(value, dict):
        children = {str(key): located(child, place) for key, child in value.items()}
        return Located(dict(children), place)
    if isinstance(value, list):
        return Located([located(child, place) for child in value], place)
    if value is None or isinstance(value, bool | int | float | str | DeferredText):
        return Located(value, place)
    raise TypeError(value)


def assumptions_in(value: Located) -> list[Assumption]:
    """What only deployment decides in the value, each once, in the order it is written."""
    found: dict[Assumption, None] = {}
    _collect(value, found)
    return list(found)


def _collect(value: Located, found: dict[Assumption, None]) -> None:
    content = value.value
    if isinstance(content, DeferredText):
        found.update(dict.fromkeys(content.assumptions()))
    elif isinstance(content, dict):
        for child in content.values():
            _collect(child, found)
    elif isinstance(content, list):
        for child in content:
            _collect(child, found)


def plain(value: Located) -> object:
    """The value without places; deferred texts stay what they are."""
    content = value.value
    if isinstance(content, dict):
        return {key: plain(child) for key, child in content.items()}
    if isinstance(content, list):
        return [plain(child) for child in content]
    return content
