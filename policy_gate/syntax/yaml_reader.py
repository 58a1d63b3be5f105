"""YAML 1.1 with the position of every key and value, on the events of libyaml through PyYAML.

Safe by construction: no tag constructs anything. Duplicate keys are an error, nesting and the
growth through aliases are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NoReturn, TypeAlias

import yaml

from policy_gate.syntax.node import MAX_DEPTH, Content, Node, ReadError

MAX_ALIAS_GROWTH = 100_000
"""Values that aliases may add to those that are written out."""

_TOO_DEEP = f"more than {MAX_DEPTH} collections inside each other"

TagHandler = Callable[[str, Node], Node]

_Event: TypeAlias = Any
"""An event of libyaml; PyYAML's stubs know neither its marks nor its other fields."""

_CORE = "tag:yaml.org,2002:"
_MERGE = f"{_CORE}merge"
_PLAIN_TAGS = frozenset(
    _CORE + name
    for name in ("bool", "float", "int", "map", "null", "seq", "str", "timestamp", "value")
)
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]{0,18})\.[0-9]{1,18}")
_TRUE = ("true", "yes", "on")
_WORDS: dict[str, bool | None] = {
    spelling: value
    for value, words in (
        (None, ("null", "~", "")),
        (True, _TRUE),
        (False, ("false", "no", "off")),
    )
    for word in words
    for spelling in (word, word.capitalize(), word.upper())
}


def read_yaml(text: str, tag_handler: TagHandler | None = None) -> Node:
    """The tree of one YAML document; an empty text gives a null.

    `tag_handler` turns a local tag (`!Ref`, without the `!`) and its value into a node; without one
    such tags are errors. Plain numbers that JSON would write otherwise (`0123`, `1_000`, dates)
    stay the strings they were typed as. Raises ReadError with the offset of the fault.
    """
    try:
        return _Reader(text, tag_handler).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ReadError(_problem(error), mark.index if mark else 0) from error
    except yaml.reader.ReaderError as error:
        # libyaml counts the bytes of the UTF-8 text that it is given.
        before = text.encode()[: error.position].decode(errors="ignore")
        raise ReadError("a character that YAML does not allow", len(before)) from error
    except yaml.YAMLError as error:
        raise ReadError("this is not valid YAML", 0) from error


def _too_deep(offset: int) -> NoReturn:
    raise ReadError(_TOO_DEEP, offset)


def _problem(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "this is not valid YAML"
    if "maximum nesting depth" in problem:
        # libyaml reads some way ahead of the events, and has a bound of its own since 0.2.6.
        return _TOO_DEEP
    if "cannot start any token" in problem:
        return f"{problem} (YAML does not allow tabs for indentation)"
    return problem


class _Reader:
    """Takes libyaml's events one by one; an aliased node is made once and shared."""

    def __init__(self, text: str, tag_handler: TagHandler | None) -> None:
        self.text = text
        self.tag_handler = tag_handler
        self.next: Callable[[], _Event] = yaml.CSafeLoader(text).get_event
        self.anchors: dict[str, Node | None] = {}
        """None while the node is being read."""

        self.measured: dict[int, tuple[int, int]] = {}
        self.growth = 0

    def document(self) -> Node:
        self.next()
        event = self.next()
        if isinstance(event, yaml.StreamEndEvent):
            return Node(None, 0, 0)
        root = self.node(self.next(), 0)
        self.next()
        event = self.next()
        if not isinstance(event, yaml.StreamEndEvent):
            raise ReadError(
                "expected a single document, but found another document",
                event.start_mark.index,
            )
        return root

    def node(self, event: _Event, depth: int) -> Node:
        """The node that begins with an event, and stands inside `depth` collections."""
        kind = type(event)
        start = event.start_mark.index
        if kind is yaml.AliasEvent:
            return self.alias(event.anchor, start, depth)
        if (anchor := event.anchor) is not None:
            if anchor in self.anchors:
                raise ReadError(f"the anchor {anchor!r} is there already", start)
            self.anchors[anchor] = None
        if kind is yaml.ScalarEvent:
            node = self.scalar(event, start)
        elif depth >= MAX_DEPTH:
            _too_deep(start)
        elif kind is yaml.MappingStartEvent:
            node = self.mapping(event.flow_style, start, depth + 1)
        else:
            node = self.sequence(event.flow_style, start, depth + 1)
        tag = event.tag
        if tag is not None and tag not in _PLAIN_TAGS and tag != "!":
            node = self.tagged(tag, node)
        if anchor is not None:
            self.anchors[anchor] = node
        return node

    def alias(self, anchor: str, start: int, depth: int) -> Node:
        if anchor not in self.anchors:
            raise ReadError("found undefined alias", start)
        node = self.anchors[anchor]
        if node is None:
            _too_deep(start)
        size, height = self.measure(node)
        self.growth += size
        if self.growth > MAX_ALIAS_GROWTH:
            raise ReadError("the aliases of this document expand too far", start)
        if depth + height > MAX_DEPTH:
            _too_deep(start)
        return node

    def measure(self, node: Node) -> tuple[int, int]:
        """How many values a node holds with its aliases written out, and how deep they nest."""
        if not isinstance(node.value, list | dict):
            return 1, 0
        if id(node) not in self.measured:
            children = node.value.values() if isinstance(node.value, dict) else node.value
            sizes = [self.measure(child) for child in children]
            self.measured[id(node)] = (
                1 + sum(size for size, _ in sizes),
                1 + max((height for _, height in sizes), default=0),
            )
        return self.measured[id(node)]

    def scalar(self, event: _Event, start: int) -> Node:
        text: str = event.value
        end = event.end_mark.index
        if event.style in ("|", ">"):
            end = start + len(self.text[start:end].rstrip())
        if event.implicit[0]:
            return Node(_plain(text), start, end)
        return Node(_typed(event.tag, text) if event.tag else text, start, end)

    def sequence(self, is_flow: bool, start: int, depth: int) -> Node:
        items: list[Node] = []
        while type(event := self.next()) is not yaml.SequenceEndEvent:
            items.append(self.node(event, depth))
        return Node(items, start, _end(start, event, is_flow, items[-1] if items else None))

    def mapping(self, is_flow: bool, start: int, depth: int) -> Node:
        children: dict[str, Node] = {}
        keys: dict[str, tuple[int, int]] = {}
        merged: list[Node] = []
        while type(event := self.next()) is not yaml.MappingEndEvent:
            if _is_merge(event):
                merged.append(self.node(self.next(), depth))
                continue
            key = self.key(event, depth)
            if key in children:
                raise ReadError(
                    f"duplicate key {key!r}: only the last value would count",
                    event.start_mark.index,
                )
            keys[key] = event.start_mark.index, event.end_mark.index
            children[key] = child = self.node(self.next(), depth)
        last = child if children and not merged else None
        for source in merged:
            _merge(children, keys, source)
        return Node(children, start, _end(start, event, is_flow, last), keys)

    def key(self, event: _Event, depth: int) -> str:
        """A key as it is written, also where it looks like a number or a word such as `null`."""
        if type(event) is yaml.ScalarEvent:
            if event.anchor is not None:
                self.node(event, depth)
            return str(event.value)
        node = self.node(event, depth)
        if isinstance(node.value, str):
            return node.value
        raise ReadError("a key must be a plain string", event.start_mark.index)

    def tagged(self, tag: str, node: Node) -> Node:
        if self.tag_handler is None or not tag.startswith("!"):
            raise ReadError(f"unknown tag {tag}", node.start)
        return self.tag_handler(tag[1:], node)


def _end(start: int, event: _Event, is_flow: bool, last: Node | None) -> int:
    """Where a collection ends: libyaml ends a block collection where the next token begins."""
    end: int = event.end_mark.index
    if is_flow or last is None or not start < last.end <= end:
        return end
    return last.end


def _is_merge(event: _Event) -> bool:
    if type(event) is not yaml.ScalarEvent:
        return False
    return (event.value == "<<" and event.implicit[0]) or event.tag == _MERGE


def _merge(children: dict[str, Node], keys: dict[str, tuple[int, int]], source: Node) -> None:
    """Adds the keys of a merge key's value (`<<`) that the mapping does not have itself."""
    for mapping in source.value if isinstance(source.value, list) else [source]:
        if not isinstance(mapping.value, dict):
            raise ReadError("a merge key takes a mapping", source.start)
        for key, child in mapping.value.items():
            if key not in children:
                children[key] = child
                keys[key] = mapping.keys[key]


def _plain(text: str) -> Content:
    """The value of a text without quotes and tag."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in "-0123456789":
        if _INTEGER.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
    return text


def _typed(tag: str, text: str) -> Content:
    """The value of a text with a tag of YAML's own, as `!!int`."""
    kind = tag.removeprefix(_CORE)
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in _TRUE
    if kind == "int" and _INTEGER.fullmatch(text):
        return int(text)
    if kind == "float" and _FLOAT.fullmatch(text):
        return float(text)
    return text
