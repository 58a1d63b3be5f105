"""YAML 1.1 with the position of every key and value, on libyaml through PyYAML.

Safe by construction: libyaml only builds nodes, and no tag constructs anything. Duplicate keys are
an error, nesting and the growth through aliases are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import yaml

from policy_gate.syntax.node import MAX_DEPTH, Content, Node, ReadError

MAX_ALIAS_GROWTH = 100_000
"""Values that aliases may add to those that are written out."""

TagHandler = Callable[[str, Node], Node]

_CORE = "tag:yaml.org,2002:"
# libyaml's composer recurses on the C stack; below this bound on the nesting it can't overflow it.
_SAFE_NESTING = 500
_BLOCK_PREFIX = re.compile(r"^[ \t]*(?:[-?:][ \t]+)*", re.MULTILINE)
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]{0,18})\.[0-9]{1,18}")


def read_yaml(text: str, tag_handler: TagHandler | None = None) -> Node:
    """The tree of one YAML document; an empty text gives a null.

    `tag_handler` turns a local tag (`!Ref`, without the `!`) and its value into a node; without one
    such tags are errors. Plain numbers that JSON would write otherwise (`0123`, `1_000`, dates)
    stay the strings they were typed as. Raises ReadError with the offset of the fault.
    """
    try:
        _check_nesting(text)
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ReadError(_problem(error), mark.index if mark else 0) from error
    except yaml.reader.ReaderError as error:
        raise ReadError("a character that YAML does not allow", int(error.position)) from error
    except yaml.YAMLError as error:
        raise ReadError("this is not valid YAML", 0) from error
    if root is None:
        return Node(None, 0, 0)
    return _Converter(tag_handler).convert(root, 1)[0]


def _check_nesting(text: str) -> None:
    block = max((len(prefix) for prefix in _BLOCK_PREFIX.findall(text)), default=0)
    if block + text.count("[") + text.count("{") <= _SAFE_NESTING:
        return
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                _too_deep(event.start_mark.index if event.start_mark else 0)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _too_deep(offset: int) -> None:
    raise ReadError(f"more than {MAX_DEPTH} collections inside each other", offset)


def _problem(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "this is not valid YAML"
    if "cannot start any token" in problem:
        return f"{problem} (YAML does not allow tabs for indentation)"
    return problem


class _Converter:
    """Turns PyYAML's nodes into ours; an aliased node is converted once and shared."""

    def __init__(self, tag_handler: TagHandler | None) -> None:
        self.tag_handler = tag_handler
        self.done: dict[int, tuple[Node, int]] = {}
        self.growth = 0

    def convert(self, node: yaml.Node, depth: int) -> tuple[Node, int]:
        """Our node, and how many values it holds with its aliases written out."""
        if known := self.done.get(id(node)):
            self.growth += known[1]
            if self.growth > MAX_ALIAS_GROWTH:
                raise ReadError(
                    "the aliases of this document expand too far", node.start_mark.index
                )
            return known
        if depth > MAX_DEPTH:
            _too_deep(node.start_mark.index)
        if isinstance(node, yaml.ScalarNode):
            converted, size = self.scalar(node), 1
        elif isinstance(node, yaml.MappingNode):
            converted, size = self.mapping(node, depth)
        else:
            converted, size = self.sequence(node, depth)
        if not node.tag.startswith(_CORE):
            converted = self.tagged(node, converted)
        self.done[id(node)] = converted, size
        return converted, size

    def tagged(self, node: yaml.Node, converted: Node) -> Node:
        if self.tag_handler is None or not node.tag.startswith("!"):
            raise ReadError(f"unknown tag {node.tag}", node.start_mark.index)
        return self.tag_handler(node.tag[1:], converted)

    def scalar(self, node: yaml.ScalarNode) -> Node:
        return Node(_scalar(node), node.start_mark.index, node.end_mark.index)

    def sequence(self, node: yaml.Node, depth: int) -> tuple[Node, int]:
        children = []
        size = 1
        for item in node.value:
            child, child_size = self.convert(item, depth + 1)
            children.append(child)
            size += child_size
        return Node(children, node.start_mark.index, node.end_mark.index), size

    def mapping(self, node: yaml.MappingNode, depth: int) -> tuple[Node, int]:
        children: dict[str, Node] = {}
        keys: dict[str, tuple[int, int]] = {}
        merged: list[yaml.Node] = []
        size = 1
        for key_node, value_node in node.value:
            if key_node.tag == f"{_CORE}merge":
                merged.append(value_node)
                continue
            key = _key(key_node)
            if key in children:
                raise ReadError(
                    f"duplicate key {key!r}: only the last value would count",
                    key_node.start_mark.index,
                )
            child, child_size = self.convert(value_node, depth + 1)
            children[key] = child
            keys[key] = key_node.start_mark.index, key_node.end_mark.index
            size += child_size
        converted = Node(children, node.start_mark.index, node.end_mark.index, keys)
        for value_node in merged:
            size += self.merge(converted, value_node, depth)
        return converted, size

    def merge(self, target: Node, value_node: yaml.Node, depth: int) -> int:
        """Adds the keys of a merge key's value (`<<`) that the mapping does not have itself."""
        source, size = self.convert(value_node, depth + 1)
        for mapping in source.value if isinstance(source.value, list) else [source]:
            if not isinstance(mapping.value, dict) or not isinstance(target.value, dict):
                raise ReadError("a merge key takes a mapping", value_node.start_mark.index)
            for key, child in mapping.value.items():
                if key not in target.value:
                    target.value[key] = child
                    target.keys[key] = mapping.keys[key]
        return size


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
