"""Resolved values to policy documents, with the place of every part in the template."""

from __future__ import annotations

from collections.abc import Sequence

from policy_gate.extractors.cloudformation.fragments import (
    Fragment,
    TextError,
    assumptions_in,
    marked,
    unmarked,
)
from policy_gate.extractors.cloudformation.resolved import Resolved, fragments_of
from policy_gate.model import (
    DeferredText,
    DocumentPath,
    Location,
    SourceMap,
    Value,
)
from policy_gate.syntax.json_reader import read_json
from policy_gate.syntax.node import Node, ReadError
from policy_gate.syntax.scalars import Span, character_spans
from policy_gate.syntax.source import Source


def policy_document(resolved: Resolved, source: Source) -> tuple[Value, SourceMap]:
    """The document and where it stands. A text that holds no JSON stays the text it is."""
    structure = as_structure(resolved, source)
    is_text = resolved.structure is None and structure is not resolved
    return _SourceMaps(source, is_text).of(structure)


def as_structure(resolved: Resolved, source: Source) -> Resolved:
    """What a text holds that is JSON, each part at its place; anything else as it is."""
    if not isinstance(resolved.value, str | DeferredText):
        return resolved
    if resolved.structure is not None:
        return as_structure(resolved.structure, source)
    fragments = fragments_of(resolved, Node(None, resolved.start, resolved.end))
    try:
        tree = read_json(marked(fragments))
        return _Texts(fragments, source).value(tree)
    except (ReadError, TextError):
        return resolved


class _Texts:
    """Turns the tree of a marked text into values that stand in the file."""

    def __init__(self, fragments: Sequence[Fragment], source: Source) -> None:
        self.assumptions = assumptions_in(fragments)
        self.spans = _character_spans(fragments, source)

    def value(self, node: Node) -> Resolved:
        """Raises TextError where two keys are written alike, of which one would win silently."""
        start, end = self.place(node.start, node.end)
        value = node.value
        if isinstance(value, list):
            return Resolved([self.value(child) for child in value], start, end)
        if not isinstance(value, dict):
            text = unmarked(value, self.assumptions) if isinstance(value, str) else value
            return Resolved(text, start, end)
        names = {key: str(unmarked(key, self.assumptions)) for key in value}
        if len(set(names.values())) < len(names):
            raise TextError
        children = {names[key]: self.value(child) for key, child in value.items()}
        keys = {names[key]: self.place(*node.keys[key]) for key in value}
        return Resolved(dict(children), start, end, keys)

    def place(self, start: int, end: int) -> Span:
        first, last = self.spans[start], self.spans[end - 1]
        # Pieces of one text may stand in the file in another order.
        return (first[0], last[1]) if last[1] > first[0] else first


def _character_spans(fragments: Sequence[Fragment], source: Source) -> list[Span]:
    """Where each character of the marked text stands in the file."""
    known: dict[int, list[Span] | None] = {}
    spans: list[Span] = []
    for fragment in fragments:
        part, node, span = fragment
        if id(node) not in known:
            known[id(node)] = character_spans(source.text, node)
        places = known[id(node)]
        length = len(part) if isinstance(part, str) else 1
        if places is None or span is None:
            spans += [(node.start, node.end)] * length
        elif fragment.is_verbatim:
            spans += places[slice(*span)]
        else:
            spans += [(places[span[0]][0], places[span[1] - 1][1])] * length
    return spans


class _SourceMaps:
    """Walks a value once and notes where each part of it and each key stands."""

    def __init__(self, source: Source, is_text: bool) -> None:
        self.source = source
        self.is_text = is_text
        self.values: dict[DocumentPath, Location] = {}
        self.keys: dict[DocumentPath, Location] = {}

    def of(self, resolved: Resolved) -> tuple[Value, SourceMap]:
        document = self._value(resolved, ())
        return document, SourceMap(self.values, self.keys)

    def _value(self, resolved: Resolved, path: DocumentPath) -> Value:
        self.values[path] = self.source.location(resolved.start, resolved.end)
        value = resolved.value
        if isinstance(value, dict):
            for key, span in resolved.keys.items():
                if key in value:
                    self.keys[(*path, key)] = self.source.location(*span)
            return {key: self._value(child, (*path, key)) for key, child in value.items()}
        if isinstance(value, list):
            return [self._value(child, (*path, index)) for index, child in enumerate(value)]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and not self.is_text and _in_principal(path):
            return str(value)
        return value


def _in_principal(path: DocumentPath) -> bool:
    """Account ids typed as YAML numbers are text for IAM, where CloudFormation writes the JSON."""
    return path[:1] == ("Statement",) and ("Principal" in path[1:3] or "NotPrincipal" in path[1:3])
