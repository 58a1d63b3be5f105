"""YAML 1.1 with the position of every key and value, on libyaml through PyYAML.

Safe by construction: libyaml only builds nodes, and no tag constructs anything. Duplicate keys are
an error, nesting and the growth through aliases are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NoReturn

import yaml

from policy_gate.syntax.node import MAX_DEPTH, Content, Node, ReadError

MAX_ALIAS_GROWTH = 100_000
"""Values that aliases may add to those that are written out."""

TagHandler = Callable[[str, Node], Node]

_CORE = "tag:yaml.org,2002:"
_MERGE = f"{_CORE}merge"
_PLAIN_TAGS = frozenset(
    _CORE + name
    for name in ("bool", "float", "int", "map", "null", "seq", "str", "timestamp", "value")
)
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]{0,18})\.[0-9]{1,18}")


def read_yaml(text: str, tag_handler: TagHandler | None = None) -> Node:
    """The tree of one YAML document; an empty text gives a null.

    `tag_handler` turns a local tag (`!Ref`, without the `!`) and its value into a node; without one
    such tags are errors. Plain numbers that JSON would write otherwise (`0123`, `1_000`, dates)
    stay the strings they were typed as. Raises ReadError with the offset of the fault.
    """
    try:
        root = yaml.compose(text, Loader=_BoundedLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ReadError(_problem(error), mark.index if mark else 0) from error
    except yaml.reader.ReaderError as error:
        # libyaml counts the bytes of the UTF-8 text that it is given.
        before = text.encode()[: error.position].decode(errors="ignore")
        raise ReadError("a character that YAML does not allow", len(before)) from error
    except yaml.YAMLError as error:
        raise ReadError("this is not valid YAML", 0) from error
    if root is None:
        return Node(None, 0, 0)
    return _Converter(text, tag_handler).convert(root, 0)


class _BoundedLoader(yaml.CSafeLoader):
    """Stops before libyaml's composer, which recurses, overflows the C stack."""

    depth = 0

    def descend_resolver(self, current_node: yaml.Node | None, _current_index: object) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH + 1:
            _too_deep(current_node.start_mark.index if current_node else 0)

    def ascend_resolver(self) -> None:
        self.depth -= 1


def _too_deep(offset: int) -> NoReturn:
    raise ReadError(f"more than {MAX_DEPTH} collections inside each other", offset)


def _problem(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "this is not valid YAML"
    if "cannot start any token" in problem:
        return f"{problem} (YAML does not allow tabs for indentation)"
    return problem


class _Converter:
    """Turns PyYAML's nodes into ours; an aliased node is converted once and shared."""

    def __init__(self, text: str, tag_handler: TagHandler | None) -> None:
        self.text = text
        self.tag_handler = tag_handler
        self.done: dict[int, Node] = {}
        self.measured: dict[int, tuple[int, int]] = {}
        self.growth = 0

    def convert(self, node: yaml.Node, depth: int) -> Node:
        """Our node for PyYAML's, which stands inside `depth` collections."""
        start = node.start_mark.index
        if known := self.done.get(id(node)):
            self.check_alias(known, depth, start)
            return known
        if isinstance(node, yaml.ScalarNode):
            end = node.end_mark.index
            if node.style in ("|", ">"):
                end = start + len(self.text[start:end].rstrip())
            converted = Node(_scalar(node), start, end)
        elif depth >= MAX_DEPTH:
            _too_deep(start)
        elif isinstance(node, yaml.MappingNode):
            converted = self.mapping(node, start, depth)
        elif isinstance(node, yaml.SequenceNode):
            items = [self.convert(item, depth + 1) for item in node.value]
            converted = Node(items, start, _end(node, items[-1] if items else None))
        if node.tag not in _PLAIN_TAGS:
            converted = self.tagged(node.tag, converted)
        self.done[id(node)] = converted
        return converted

    def check_alias(self, node: Node, depth: int, start: int) -> None:
        size, height = self.measure(node)
        self.growth += size
        if self.growth > MAX_ALIAS_GROWTH:
            raise ReadError("the aliases of this document expand too far", start)
        if depth + height > MAX_DEPTH:
            _too_deep(start)

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

    def tagged(self, tag: str, converted: Node) -> Node:
        if self.tag_handler is None or not tag.startswith("!"):
            raise ReadError(f"unknown tag {tag}", converted.start)
        return self.tag_handler(tag[1:], converted)

    def mapping(self, node: yaml.MappingNode, start: int, depth: int) -> Node:
        children: dict[str, Node] = {}
        keys: dict[str, tuple[int, int]] = {}
        merged: list[yaml.Node] = []
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE:
                merged.append(value_node)
                continue
            key = _key(key_node)
            if key in children:
                raise ReadError(
                    f"duplicate key {key!r}: only the last value would count",
                    key_node.start_mark.index,
                )
            children[key] = self.convert(value_node, depth + 1)
            keys[key] = key_node.start_mark.index, key_node.end_mark.index
        last = next(reversed(children.values())) if children and not merged else None
        for value_node in merged:
            _merge(children, keys, self.convert(value_node, depth + 1), value_node)
        return Node(children, start, _end(node, last), keys)


def _end(node: yaml.CollectionNode, last: Node | None) -> int:
    """Where a collection ends: libyaml ends a block collection where the next token begins."""
    end: int = node.end_mark.index
    if node.flow_style or last is None or not node.start_mark.index < last.end <= end:
        return end
    return last.end


def _merge(
    children: dict[str, Node],
    keys: dict[str, tuple[int, int]],
    source: Node,
    value_node: yaml.Node,
) -> None:
    """Adds the keys of a merge key's value (`<<`) that the mapping does not have itself."""
    for mapping in source.value if isinstance(source.value, list) else [source]:
        if not isinstance(mapping.value, dict):
            raise ReadError("a merge key takes a mapping", value_node.start_mark.index)
        for key, child in mapping.value.items():
            if key not in children:
                children[key] = child
                keys[key] = mapping.keys[key]


def _key(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    raise ReadError("a key must be a plain string", node.start_mark.index)


def _scalar(node: yaml.ScalarNode) -> Content:
    text: str = node.value
    kind = node.tag.removeprefix(_CORE)
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in ("true", "yes", "on")
    if kind == "int" and _INTEGER.fullmatch(text):
        return int(text)
    if kind == "float" and _FLOAT.fullmatch(text):
        return float(text)
    return text
