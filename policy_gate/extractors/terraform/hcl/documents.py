"""Values to policy documents, with the place of every part in the sources."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from policy_gate.extractors.terraform.values import Located, Piece, Place, pieces_of
from policy_gate.extractors.texts import TextError, marked, unmarked
from policy_gate.model import (
    Assumption,
    DeferredText,
    DocumentPath,
    Location,
    SourceMap,
    Value,
)
from policy_gate.syntax.json_reader import read_json
from policy_gate.syntax.node import Node, ReadError


def document_of(value: Located) -> tuple[Value, SourceMap]:
    """The document and where it stands. A text that holds no JSON stays the text it is."""
    noted = _Noted()
    return noted.document(structure_of(value), ()), noted.source_map()


def structure_of(value: Located) -> Located:
    """What a text holds that is JSON, each part at its place; anything else as it is."""
    if value.structure is not None:
        return structure_of(value.structure)
    pieces = pieces_of(value) if isinstance(value.value, str | DeferredText) else None
    if pieces is None or value.is_unknown:
        return value
    try:
        tree = read_json(marked(piece.part for piece in pieces))
        return _Texts(pieces).value(tree)
    except (ReadError, TextError):
        return value


class _Texts:
    """Turns the tree of a marked text into values that stand in the sources."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces
        self.assumptions = [piece.part for piece in pieces if isinstance(piece.part, Assumption)]
        self.starts: list[int] = []
        length = 0
        for piece in pieces:
            self.starts.append(length)
            length += len(piece.part) if isinstance(piece.part, str) else 1

    def value(self, node: Node) -> Located:
        """Raises TextError where two keys are written alike, of which one would win silently."""
        place = self.place(node.start, node.end)
        value = node.value
        if isinstance(value, list):
            return Located([self.value(child) for child in value], place)
        if not isinstance(value, dict):
            text = unmarked(value, self.assumptions) if isinstance(value, str) else value
            return Located(text, place)
        names = {key: str(unmarked(key, self.assumptions)) for key in value}
        if len(set(names.values())) < len(names):
            raise TextError
        children = {names[key]: self.value(child) for key, child in value.items()}
        keys = {names[key]: self.place(*node.keys[key]) for key in value}
        return Located(dict(children), place, keys)

    def place(self, start: int, end: int) -> Place:
        """Where the characters of a range stand; where they are in two files, its beginning."""
        first, last = self._at(start), self._at(max(end - 1, start))
        if last.source is first.source and last.end > first.start:
            return Place(first.source, first.start, last.end)
        return first

    def _at(self, offset: int) -> Place:
        index = bisect_right(self.starts, offset) - 1
        while index > 0 and self.pieces[index].part == "":
            index -= 1
        piece = self.pieces[index]
        inside = offset - self.starts[index]
        if piece.spans is None or inside >= len(piece.spans):
            return piece.place
        return Place(piece.place.source, *piece.spans[inside])


class Places(Mapping[DocumentPath, Location]):
    """Places that become locations when they are asked for: of most nobody ever asks."""

    def __init__(self, places: Mapping[DocumentPath, Place]) -> None:
        self.places = places

    def __getitem__(self, path: DocumentPath) -> Location:
        return self.places[path].location

    def __iter__(self) -> Iterator[DocumentPath]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


class _Noted:
    """Walks a tree once and notes the place of each value and key."""

    def __init__(self) -> None:
        self.values: dict[DocumentPath, Place] = {}
        self.keys: dict[DocumentPath, Place] = {}

    def source_map(self) -> SourceMap:
        return SourceMap(Places(self.values), Places(self.keys))

    def document(self, value: Located, path: DocumentPath) -> Value:
        self.values[path] = value.place
        content = value.value
        if isinstance(content, dict):
            for key, place in value.keys.items():
                self.keys[(*path, key)] = place
            return {key: self.document(child, (*path, key)) for key, child in content.items()}
        if isinstance(content, list):
            return [self.document(child, (*path, index)) for index, child in enumerate(content)]
        return content
