"""Resolved values to policy documents, with the place of every part in the template."""

from __future__ import annotations

import re
from collections.abc import Callable

from policy_gate.extractors.cloudformation.resolved import Part, Resolved, join
from policy_gate.model import DeferredText, DocumentPath, Location, SourceMap, Value
from policy_gate.syntax.json_reader import read_json
from policy_gate.syntax.node import Node, ReadError
from policy_gate.syntax.scalars import character_offsets
from policy_gate.syntax.source import Source

# Characters that no policy may hold stand for what is deferred while JSON text is parsed.
_FIRST_MARK = 0xF0000
_MARK = re.compile("([\U000f0000-\U000ffffd])")

Span = tuple[int, int]


def policy_document(resolved: Resolved, source: Source) -> tuple[Value, SourceMap]:
    """The document and where it stands. A text that holds no JSON stays the text it is."""
    value = resolved.value
    if isinstance(value, str | DeferredText):
        if resolved.structure is not None:
            return policy_document(resolved.structure, source)
        return _from_text(resolved, source)
    return _SourceMaps(source).of_resolved(resolved)


def _from_text(resolved: Resolved, source: Source) -> tuple[Value, SourceMap]:
    value = resolved.value
    parts = value.parts if isinstance(value, DeferredText) else (str(value),)
    whole = source.locate(Node(None, resolved.start, resolved.end))
    marked, originals = _marked(parts)
    try:
        node = read_json(marked)
    except ReadError:
        return value if isinstance(value, DeferredText) else str(value), SourceMap({(): whole})
    document = _unmarked(node, originals)
    written = _written_positions(resolved, source)
    return document, written or SourceMap({(): whole})


def _marked(parts: tuple[Part, ...]) -> tuple[str, list[Part]]:
    originals: list[Part] = []
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
        else:
            text += chr(_FIRST_MARK + len(originals))
            originals.append(part)
    return text, originals


def _unmarked(node: Node, originals: list[Part]) -> Value:
    value = node.value
    if isinstance(value, dict):
        return {key: _unmarked(child, originals) for key, child in value.items()}
    if isinstance(value, list):
        return [_unmarked(child, originals) for child in value]
    if isinstance(value, str) and originals:
        pieces = _MARK.split(value)
        return join(_restored(piece, originals) for piece in pieces)
    return value


def _restored(piece: str, originals: list[Part]) -> Part:
    index = ord(piece) - _FIRST_MARK if len(piece) == 1 else -1
    return originals[index] if 0 <= index < len(originals) else piece


def _written_positions(resolved: Resolved, source: Source) -> SourceMap | None:
    """Positions inside the string as it is written, before substitutions."""
    written = resolved.written
    if written is None or not isinstance(written.value, str):
        return None
    offsets = character_offsets(source.text, written)
    if offsets is None:
        return None
    try:
        tree = read_json(written.value)
    except ReadError:
        return None
    offsets = [*offsets, offsets[-1] + 1 if offsets else written.end]
    return _SourceMaps(source, lambda start, end: (offsets[start], offsets[end - 1] + 1)).of_node(
        tree
    )


class _SourceMaps:
    """Walks a tree once and notes where each value and key stands."""

    def __init__(self, source: Source, place: Callable[[int, int], Span] | None = None) -> None:
        self.source = source
        self.place = place
        self.values: dict[DocumentPath, Location] = {}
        self.keys: dict[DocumentPath, Location] = {}

    def of_node(self, node: Node) -> SourceMap:
        self._node(node, ())
        return SourceMap(self.values, self.keys)

    def of_resolved(self, resolved: Resolved) -> tuple[Value, SourceMap]:
        document = self._resolved(resolved, ())
        return document, SourceMap(self.values, self.keys)

    def _note(self, path: DocumentPath, start: int, end: int) -> None:
        if self.place is not None:
            start, end = self.place(start, end)
        self.values[path] = self.source.locate(Node(None, start, end))

    def _note_keys(self, path: DocumentPath, keys: dict[str, Span]) -> None:
        for key, span in keys.items():
            start, end = span if self.place is None else self.place(*span)
            self.keys[(*path, key)] = self.source.location(start, end)

    def _node(self, node: Node, path: DocumentPath) -> None:
        self._note(path, node.start, node.end)
        if isinstance(node.value, dict):
            self._note_keys(path, node.keys)
            for key, child in node.value.items():
                self._node(child, (*path, key))
        elif isinstance(node.value, list):
            for index, child in enumerate(node.value):
                self._node(child, (*path, index))

    def _resolved(self, resolved: Resolved, path: DocumentPath) -> Value:
        self._note(path, resolved.start, resolved.end)
        value = resolved.value
        if isinstance(value, dict):
            self._note_keys(path, resolved.keys)
            return {key: self._resolved(child, (*path, key)) for key, child in value.items()}
        if isinstance(value, list):
            return [self._resolved(child, (*path, index)) for index, child in enumerate(value)]
        if isinstance(value, int | float) and not isinstance(value, bool) and _in_principal(path):
            return str(value)
        return value


def _in_principal(path: DocumentPath) -> bool:
    """Account ids typed as YAML numbers are text for IAM."""
    return "Principal" in path or "NotPrincipal" in path
