"""Resolved values to policy documents, with the place of every part in the template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from policy_gate.extractors.cloudformation.fragments import Fragment, assumptions_in
from policy_gate.extractors.cloudformation.resolved import Resolved, fragments_of
from policy_gate.extractors.texts import TextError, marked, unmarked
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
from policy_gate.syntax.source import Source, span_of


def policy_document(resolved: Resolved, source: Source) -> tuple[Value, SourceMap]:
    """The document and where it stands. A text that holds no JSON stays the text it is."""
    structure = as_structure(resolved, source)
    noted = _Spans(is_text=resolved.structure is None and structure is not resolved)
    return noted.document(structure, ()), noted.source_map(source)


def as_structure(resolved: Resolved, source: Source) -> Resolved:
    """What a text holds that is JSON, each part at its place; anything else as it is."""
    if not isinstance(resolved.value, str | DeferredText):
        return resolved
    if resolved.structure is not None:
        return as_structure(resolved.structure, source)
    fragments = fragments_of(resolved, Node(None, resolved.start, resolved.end))
    try:
        tree = read_json(marked(fragment.part for fragment in fragments))
        return _Texts(fragments, source).value(tree)
    except (ReadError, TextError):
        return resolved


class _Texts:
    """Turns the tree of a marked text into values that stand in the file."""

    def __init__(self, fragments: Sequence[Fragment], source: Source) -> None:
        self.assumptions = assumptions_in(fragments)
        self.spans = places_of(fragments, source)

    def value(self, node: Node) -> Resolved:
        """Raises TextError where two keys are written alike, of which one would win silently."""
        start, end = span_of(self.spans, node.start, node.end)
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
        keys = {names[key]: span_of(self.spans, *node.keys[key]) for key in value}
        return Resolved(dict(children), start, end, keys)


def places_of(fragments: Sequence[Fragment], source: Source) -> list[Span]:
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


class _Places(Mapping[DocumentPath, Location]):
    """Spans that become locations when they are asked for: of most nobody ever asks."""

    def __init__(self, source: Source, spans: Mapping[DocumentPath, Span]) -> None:
        self.source = source
        self.spans = spans

    def __getitem__(self, path: DocumentPath) -> Location:
        return self.source.location(*self.spans[path])

    def __iter__(self) -> Iterator[DocumentPath]:
        return iter(self.spans)

    def __len__(self) -> int:
        return len(self.spans)

    def __repr__(self) -> str:
        return repr(dict(self))


class _Spans:
    """Walks a tree once and notes the span of each value and key."""

    def __init__(self, *, is_text: bool) -> None:
        """`is_text`: was the tree JSON text?"""
        self.is_text = is_text
        self.values: dict[DocumentPath, Span] = {}
        self.keys: dict[DocumentPath, Span] = {}

    def source_map(self, source: Source) -> SourceMap:
        return SourceMap(_Places(source, self.values), _Places(source, self.keys))

    def document(self, resolved: Resolved, path: DocumentPath) -> Value:
        """The document that a resolved tree is; notes the tree."""
        self.values[path] = (resolved.start, resolved.end)
        value = resolved.value
        if isinstance(value, dict):
            document: dict[str, Value] = {}
            for key, child in value.items():
                below = (*path, key)
                if key in resolved.keys:
                    self.keys[below] = resolved.keys[key]
                document[key] = self.document(child, below)
            return document
        if isinstance(value, list):
            return [self.document(child, (*path, index)) for index, child in enumerate(value)]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and not self.is_text and _in_principal(path):
            return str(value)
        return value


def _in_principal(path: DocumentPath) -> bool:
    """Account ids typed as YAML numbers are text for IAM, where CloudFormation writes the JSON."""
    return path[:1] == ("Statement",) and ("Principal" in path[1:3] or "NotPrincipal" in path[1:3])
