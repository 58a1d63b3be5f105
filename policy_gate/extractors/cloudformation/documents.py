"""Resolved values to policy documents, with the place of every part in the template."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    if not isinstance(resolved.value, str | DeferredText):
        return _SourceMaps(source).of_resolved(resolved)
    if resolved.structure is not None:
        return policy_document(resolved.structure, source)
    fragments = fragments_of(resolved, Node(None, resolved.start, resolved.end))
    try:
        tree = read_json(marked(fragments))
        document = _unmarked(tree, assumptions_in(fragments))
    except (ReadError, TextError):
        return resolved.value, SourceMap({(): source.location(resolved.start, resolved.end)})
    place = partial(span_of, places_of(fragments, source))
    return document, _SourceMaps(source, place).of_node(tree)


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

    def _location(self, start: int, end: int) -> Location:
        if self.place is not None:
            start, end = self.place(start, end)
        return self.source.location(start, end)

    def _node(self, node: Node, path: DocumentPath) -> None:
        self.values[path] = self._location(node.start, node.end)
        if isinstance(node.value, dict):
            for key, child in node.value.items():
                self.keys[(*path, key)] = self._location(*node.keys[key])
                self._node(child, (*path, key))
        elif isinstance(node.value, list):
            for index, child in enumerate(node.value):
                self._node(child, (*path, index))

    def _resolved(self, resolved: Resolved, path: DocumentPath) -> Value:
        self.values[path] = self._location(resolved.start, resolved.end)
        value = resolved.value
        if isinstance(value, dict):
            for key, span in resolved.keys.items():
                if key in value:
                    self.keys[(*path, key)] = self._location(*span)
            return {key: self._resolved(child, (*path, key)) for key, child in value.items()}
        if isinstance(value, list):
            return [self._resolved(child, (*path, index)) for index, child in enumerate(value)]
        if isinstance(value, int | float) and not isinstance(value, bool) and _in_principal(path):
            return str(value)
        return value


def _in_principal(path: DocumentPath) -> bool:
    """Account ids typed as YAML numbers are text for IAM."""
    return path[:1] == ("Statement",) and ("Principal" in path[1:3] or "NotPrincipal" in path[1:3])
