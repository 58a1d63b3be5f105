"""The identifiers of the loops around a value, and their substitution.

`${Name}` and `&{Name}` are replaced in keys and in texts, and `Ref: Name` as a whole. Where the
item is only known at deployment, a text becomes a function that puts the item in its place, and a
name (of a resource, a condition) gets the item's stand-in.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from policy_gate.extractors.cloudformation.foreach_items import NO_NAME, Item
from policy_gate.extractors.cloudformation.resolved import UnresolvableError
from policy_gate.extractors.cloudformation.template import LOOP, Instance
from policy_gate.model import Assumption
from policy_gate.syntax.node import Content, Node

MAX_WRITTEN_OUT = 100_000
"""Values that the loops of a template write out; one of 1 MB, the most that CloudFormation takes,
holds a third of it."""

MAX_NESTING = 5
"""Loops inside each other; CloudFormation takes no more."""

_CHARACTERS_A_VALUE = 100
_USE = re.compile(r"([$&])\{([^{}]*)\}")
_SUB_TOKEN = re.compile(rf"{_USE.pattern}|\$\{{|\}}")
_SYNTAX = frozenset("$&{}")


class TooLargeError(UnresolvableError):
    """The loops make a template that CloudFormation would not take either."""


class Allowance:
    """The values that may still be written out."""

    def __init__(self) -> None:
        self.left = MAX_WRITTEN_OUT

    def spend(self, values: int, node: Node) -> None:
        """Raises TooLargeError once nothing is left."""
        self.left -= values
        if self.left < 0:
            message = f"the loops of this template write out more than {MAX_WRITTEN_OUT:,} values"
            raise TooLargeError(message, node)


@dataclass(frozen=True)
class Scope:
    """The items that the identifiers stand for, of the outermost loop first."""

    allowance: Allowance
    items: Mapping[str, Item] = field(default_factory=dict)
    assumptions: tuple[Assumption, ...] = ()
    """What the collections of the loops rest on."""

    def inside(self, identifier: str, item: Item, assumptions: tuple[Assumption, ...]) -> Scope:
        """The scope of one iteration of a loop in this scope."""
        if item.is_stand_in and any(item.text == other.text for other in self.items.values()):
            item = item.apart(identifier)
        return replace(
            self,
            items={**self.items, identifier: item},
            assumptions=(*self.assumptions, *assumptions),
        )

    @property
    def iteration(self) -> str:
        return ", ".join(
            f"{name} is any item" if item.is_stand_in else f"{name} = {item.text!r}"
            for name, item in self.items.items()
        )

    @property
    def holds_syntax(self) -> bool:
        """Does an item hold what the substitution of another identifier could complete?"""
        return any(not _SYNTAX.isdisjoint(item.text) for item in self.items.values())

    def instance(self, value: Content, node: Node, keys: Mapping[str, tuple[int, int]]) -> Node:
        """A node with another value, at its place."""
        return Instance(value, node.start, node.end, dict(keys), self.iteration)

    def listed(self, node: Node, items: list[Node]) -> Node:
        """A list node with other items, itself where they are its own."""
        known = node.value if isinstance(node.value, list) else []
        if len(known) == len(items) and all(map(operator.is_, known, items)):
            return node
        return self.instance(items, node, {})

    def is_certain(self, text: str) -> bool:
        """Is the text that a key becomes the same in every world?"""
        return all(self.items[name].node is None for _, name in self._uses(text))

    def name(self, text: str) -> str:
        """The text where it names something, or is a key."""
        return _USE.sub(self._replaced, text)

    def named(self, node: Node, text: str) -> Node:
        """A string node that names something."""
        name = self.name(text)
        return node if name == text else self._text(name, node)

    def string(self, node: Node, text: str) -> Node:
        """A string node as a value."""
        used = [self.items[name] for _, name in self._uses(text)]
        if not used:
            return node
        if all(item.node is None for item in used):
            return self._text(self.name(text), node)
        self.allowance.spend(sum(item.size for item in used) + len(used), node)
        pieces = self.instance(list(self._pieces(node, text)), node, {})
        delimiter = Node("", node.start, node.end)
        return self._call("Fn::Join", [delimiter, pieces], node)

    def referred(self, identifier: str, node: Node) -> Node:
        """What `Ref` to an identifier is, at the place of the reference."""
        item = self.items[identifier]
        if item.node is None:
            return self._text(item.text, node)
        self.allowance.spend(item.size, node)
        return self.instance(item.node.value, node, item.node.keys)

    def sub(self, node: Node, text: str) -> tuple[Node, dict[str, Node]]:
        """The text of Fn::Sub, and the variables that it uses for items.

        An item stays a variable where it can: the rest of the text then keeps its place.
        """
        variables: dict[str, Node] = {}
        pieces: list[str] = []
        end = 0
        is_open = False
        for match in _SUB_TOKEN.finditer(text):
            sign, name = match.groups()
            if name not in self.items:
                is_open = match.group() == "${"
                continue
            pieces += [text[end : match.start()]]
            end = match.end()
            item = self.items[name]
            is_plain = item.node is None and _SYNTAX.isdisjoint(item.text)
            if is_open or (sign == "&" and item.node is None) or not (item.node or is_plain):
                pieces.append(self._replaced(match))
            else:
                variable = name if sign == "$" else f"&{name}"
                pieces.append(f"${{{variable}}}")
                variables[variable] = self._value(sign, name, node)
        pieces.append(text[end:])
        written = "".join(pieces)
        return (node if written == text else self._text(written, node)), variables

    def _uses(self, text: str) -> Iterator[tuple[str, str]]:
        if "{" in text:
            yield from (use for use in _USE.findall(text) if use[1] in self.items)

    def _replaced(self, use: re.Match[str]) -> str:
        item = self.items.get(use[2])
        if item is None:
            return use.group()
        return item.text if use[1] == "$" else NO_NAME.sub("", item.text)

    def _pieces(self, node: Node, text: str) -> Iterator[Node]:
        end = 0
        for match in _USE.finditer(text):
            if match[2] in self.items:
                yield Node(text[end : match.start()], node.start, node.end)
                yield self._value(match[1], match[2], node)
                end = match.end()
        yield Node(text[end:], node.start, node.end)

    def _value(self, sign: str, name: str, node: Node) -> Node:
        """What a use of an identifier stands for."""
        item = self.items[name]
        if sign == "$":
            return self.referred(name, node)
        if item.node is None:
            return self._text(NO_NAME.sub("", item.text), node)
        return self._call(LOOP, [Node(f"name made of {item.text}", node.start, node.end)], node)

    def _text(self, text: str, node: Node) -> Node:
        self.allowance.spend(1 + len(text) // _CHARACTERS_A_VALUE, node)
        return self.instance(text, node, {})

    def _call(self, function: str, arguments: list[Node], node: Node) -> Node:
        place = (node.start, node.end)
        return self.instance(
            {function: self.instance(arguments, node, {})}, node, {function: place}
        )
