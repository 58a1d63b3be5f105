"""Resolved values to policy documents, with the place of every part in the template."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from policy_gate.extractors.cloudformation.fragments import (
    Fragment,
    TextError,
    assumptions_in,
    marked,
    unmarked,
)
from policy_gate.extractors.cloudformation.resolved import Resolved, fragments_of
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
from policy_gate.syntax.scalars import Span, character_spans
from policy_gate.syntax.source import Source, span_of


def policy_document(resolved: Resolved, source: Source) -> tuple[Value, SourceMap]:
    """The document and where it stands. A text that holds no JSON stays the text it is."""
    noted = _Spans()
    if not isinstance(resolved.value, str | DeferredText):
        return noted.document(resolved, ()), noted.source_map(source)
    if resolved.structure is not None:
        return policy_document(resolved.structure, source)
    fragments = fragments_of(resolved, Node(None, resolved.start, resolved.end))
    try:
        tree = read_json(marked(fragments))
        document = _unmarked(tree, assumptions_in(fragments))
    except (ReadError, TextError):
        noted.values[()] = (resolved.start, resolved.end)
        return resolved.value, noted.source_map(source)
    noted.note(tree, (), partial(span_of, places_of(fragments, source)))
    return document, noted.source_map(source)


def _unmarked(node: Node, assumptions: Sequence[Assumption]) -> Value:
    """Raises TextError where two keys are written alike, of which one would win silently."""
    value = node.value
    if isinstance(value, dict):
        children = {
            str(unmarked(key, assumptions)): _unmarked(child, assumptions)
            for key, child in value.items()
        }
        if len(children) < len(value):
            raise TextError
        return children
    if isinstance(value, list):
        return [_unmarked(child, assumptions) for child in value]
    return unmarked(value, assumptions) if isinstance(value, str) else value


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

    def __init__(self) -> None:
        self.values: dict[DocumentPath, Span] = {}
        self.keys: dict[DocumentPath, Span] = {}

    def source_map(self, source: Source) -> SourceMap:
        return SourceMap(_Places(source, self.values), _Places(source, self.keys))

    def note(self, node: Node, path: DocumentPath, place: Callable[[int, int], Span]) -> None:
        """Notes a tree whose own spans are those of another text."""
        self.values[path] = place(node.start, node.end)
        if isinstance(node.value, dict):
            for key, child in node.value.items():
                self.keys[(*path, key)] = place(*node.keys[key])
                self.note(child, (*path, key), place)
        elif isinstance(node.value, list):
            for index, child in enumerate(node.value):
                self.note(child, (*path, index), place)

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
        if isinstance(value, int | float) and not isinstance(value, bool) and _in_principal(path):
            return str(value)
        return value


def _in_principal(path: DocumentPath) -> bool:
    """Account ids typed as YAML numbers are text for IAM."""
    return path[:1] == ("Statement",) and ("Principal" in path[1:3] or "NotPrincipal" in path[1:3])
