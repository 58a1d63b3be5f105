"""Plain values that remember where they are written, for libraries that know no positions.

`marked` turns a tree into dictionaries, lists and strings; whatever a library copies from them into
its result keeps its place, and `unmarked` turns the result into a tree again.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, TypeAlias

from policy_gate.syntax.node import Node

Plain: TypeAlias = Any
"""What `json.loads` gives."""

Find: TypeAlias = Callable[[Plain], Node | None]


class _Mapping(dict[str, Any]):
    __slots__ = ("node",)

    def __init__(self, node: Node, content: dict[str, Any]) -> None:
        super().__init__(content)
        self.node = node

    def __deepcopy__(self, memo: dict[int, Any]) -> _Mapping:
        return _Mapping(self.node, {key: copy.deepcopy(self[key], memo) for key in self})


class _List(list[Any]):
    __slots__ = ("node",)

    def __init__(self, node: Node, content: list[Any]) -> None:
        super().__init__(content)
        self.node = node

    def __deepcopy__(self, memo: dict[int, Any]) -> _List:
        return _List(self.node, [copy.deepcopy(item, memo) for item in self])


class _Text(str):
    node: Node

    def __deepcopy__(self, _memo: dict[int, Any]) -> _Text:
        return self


def marked(node: Node) -> Plain:
    """The value of a node; each collection and string remembers the node."""
    value = node.value
    if isinstance(value, dict):
        return _Mapping(node, {key: _entry(key, child) for key, child in value.items()})
    if isinstance(value, list):
        return _List(node, [marked(item) for item in value])
    if isinstance(value, str):
        return _text(value, node)
    return value


def _entry(key: str, node: Node) -> Plain:
    if key == "Fn::GetAtt" and isinstance(node.value, str):
        logical_id, _, attribute = node.value.partition(".")
        return [_text(logical_id, node), _text(attribute, node)]
    return marked(node)


def _text(value: str, node: Node) -> _Text:
    text = _Text(value)
    text.node = node
    return text


def place_of(value: Plain) -> Node | None:
    """The node that a value was made from, None where it is new."""
    return value.node if isinstance(value, _Mapping | _List | _Text) else None


def unmarked(value: Plain, place: Node, find: Find = place_of) -> Node:
    """The tree of a value that is made of marked ones.

    What `find` knows no place of stands at `place`, or where that has an entry of the same name
    at the entry.
    """
    node = find(value) or place
    if isinstance(value, dict):
        children = {
            str(key): unmarked(child, node.entries.get(key, node), find)
            for key, child in value.items()
        }
        here = (node.start, node.end)
        keys = {key: node.keys.get(key, here) for key in children}
        return Node(children, node.start, node.end, keys)
    if isinstance(value, list | tuple):
        return Node([unmarked(item, node, find) for item in value], node.start, node.end)
    return Node(str(value) if isinstance(value, str) else value, node.start, node.end)
