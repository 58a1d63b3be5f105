"""The items that an Fn::ForEach loop runs over.

What deployment decides stays open: one item then stands for any. Its text in names is a stand-in
that is no item's, its value in properties an assumption.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from policy_gate.extractors.cloudformation.evaluator import Evaluator
from policy_gate.extractors.cloudformation.resolved import (
    Budget,
    Resolved,
    UnresolvableError,
    scalar_text,
)
from policy_gate.extractors.cloudformation.stack import Stack
from policy_gate.extractors.cloudformation.template import LOOP
from policy_gate.extractors.cloudformation.worlds import World, explore
from policy_gate.extractors.stand_ins import stand_in
from policy_gate.model import Assumption, DeferredText
from policy_gate.syntax.node import Node

MAX_ITEM_DEPTH = 20
"""Collections inside each other in one item, which may hold items of the loops around it."""

NO_NAME = re.compile("[^A-Za-z0-9]")


class Item(NamedTuple):
    """One item of a collection."""

    text: str
    """What it is in names and keys."""

    node: Node | None = None
    """What it is in values, None where that is the text."""

    is_stand_in: bool = False
    """Does the text stand for any item?"""

    size: int = 1
    """Values that it adds wherever it is used."""

    def apart(self, identifier: str) -> Item:
        """The stand-in of a loop inside one over the same collection: another item, perhaps."""
        text = self.text + NO_NAME.sub("", identifier)
        call = self.node.entries.get(LOOP) if self.node else None
        if call is None or not isinstance(call.value, list):
            return self._replace(text=text)
        label, collection = call.value
        return self._replace(
            text=text, node=_any_item(f"{label.value} as {identifier}", collection)
        )


class Collection(NamedTuple):
    """What a loop runs over."""

    items: tuple[Item, ...]
    is_complete: bool = True
    """Are there no other items, and all of these, at most by default?"""

    assumptions: tuple[Assumption, ...] = ()


class Collections:
    """Resolves the collections of one stack."""

    def __init__(self, stack: Stack) -> None:
        self.stack = replace(stack, template=replace(stack.template, budget=Budget()))
        self._known: dict[int, tuple[Node, Collection]] = {}

    def items(self, node: Node) -> Collection:
        """Raises UnresolvableError for what is no list of texts, and TooManyWorldsError."""
        if id(node) not in self._known:
            # The node is kept with it, so that no other has its id.
            self._known[id(node)] = node, self._items(node)
        return self._known[id(node)][1]

    def _items(self, node: Node) -> Collection:
        if not isinstance(node.value, list):
            return self._of_function(node)
        parts = [self._of_item(item) for item in node.value]
        return Collection(
            tuple(item for part in parts for item in part.items),
            all(part.is_complete for part in parts),
            _distinct(assumption for part in parts for assumption in part.assumptions),
        )

    def _of_item(self, node: Node) -> Collection:
        """An item that is written in a list; it may come to nothing (AWS::NoValue)."""
        found = self._in_worlds(node)
        assumptions = _distinct(noted for _, assumed in found for noted in assumed)
        values = [resolved for resolved, _ in found if resolved is not None]
        if not values:
            return Collection((), True, assumptions)
        texts = {_text(value, node) for value in values}
        text = texts.pop() if len(texts) == 1 else None
        if text is None:
            item = _open_item(self._name(node), node)
        else:
            is_exact = not assumptions or self.stack.parameters.trust_defaults
            item = Item(text) if is_exact else Item(text, node, size=_size(node))
        return Collection((item,), len(values) == len(found), assumptions)

    def _of_function(self, node: Node) -> Collection:
        """The items of every list that the function can give."""
        found = self._in_worlds(node)
        assumptions = _distinct(noted for _, assumed in found for noted in assumed)
        lists = [_texts(resolved, node) for resolved, _ in found]
        texts = lists[0] if len(lists) == 1 else list(dict.fromkeys(chain.from_iterable(lists)))
        is_complete = all(one == lists[0] for one in lists) and not any(
            resolved is not None and resolved.is_deferred for resolved, _ in found
        )
        if not texts and assumptions and not self.stack.parameters.trust_defaults:
            # Nothing but a default would hide what the loop makes otherwise.
            texts = [None]
        items = [Item(text) for text in texts if text is not None]
        if len(items) < len(texts):
            is_complete = False
            name = self._name(node)
            items.append(_open_item(name, _any_item(f"item of {name}", node)))
        return Collection(tuple(items), is_complete, assumptions)

    def _in_worlds(self, node: Node) -> list[tuple[Resolved | None, tuple[Assumption, ...]]]:
        def evaluate(world: World) -> tuple[Resolved | None, tuple[Assumption, ...]]:
            evaluator = Evaluator(self.stack, world)
            resolved = evaluator.resolve(node)
            return resolved, tuple(evaluator.assumed.values())

        self.stack.template.budget.begin_part()
        return [result for _, result in explore(evaluate)]

    def _name(self, node: Node) -> str:
        """The same for every loop over the same collection, so that they name the same things."""
        target = node.entries.get("Ref")
        if target is not None and isinstance(target.value, str):
            return target.value
        return Evaluator(self.stack, World()).written(node)


def _open_item(collection: str, node: Node) -> Item:
    return Item(NO_NAME.sub("", stand_in(collection)), node, True, _size(node))


def _any_item(label: str, collection: Node) -> Node:
    """The call that the evaluator takes for any item of a collection."""
    place = collection.start, collection.end
    return Node({LOOP: Node([Node(label, *place), collection], *place)}, *place)


def _texts(resolved: Resolved | None, node: Node) -> list[str | None]:
    """The texts of a list's items, None for what is unknown."""
    if resolved is None:
        return []
    if isinstance(resolved.value, list):
        return [_text(item, node) for item in resolved.value]
    if isinstance(resolved.value, DeferredText):
        *others, part = resolved.value.parts
        allowed = part.allowed if isinstance(part, Assumption) and not others else None
        # A `*` alone says that the value may hold one.
        return [None] if allowed in (None, ("*",)) else list(allowed)
    raise UnresolvableError(
        "Fn::ForEach loops over a list: a parameter has the type CommaDelimitedList", node
    )


def _text(resolved: Resolved, node: Node) -> str | None:
    if resolved.is_deferred:
        return None
    text = None if resolved.value is None else scalar_text(resolved.value)
    if text is None:
        raise UnresolvableError("an item of a loop's collection is a text", node)
    return text


def _size(node: Node) -> int:
    """The values in a node with those that it shares written out."""
    return _measured(node, {})[0]


def _measured(node: Node, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    if not isinstance(node.value, list | dict):
        return 1, 0
    if id(node) not in known:
        children = node.value.values() if isinstance(node.value, dict) else node.value
        sizes = [_measured(child, known) for child in children]
        depth = 1 + max((depth for _, depth in sizes), default=0)
        if depth > MAX_ITEM_DEPTH:
            message = f"more than {MAX_ITEM_DEPTH} values inside each other in an item"
            raise UnresolvableError(message, node)
        known[id(node)] = 1 + sum(size for size, _ in sizes), depth
    return known[id(node)]


def _distinct(assumptions: Iterable[Assumption]) -> tuple[Assumption, ...]:
    return tuple({noted.expression: noted for noted in assumptions}.values())
