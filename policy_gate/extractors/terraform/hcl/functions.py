"""Functions of expressions. One that is not here, or that needs what is not known, gives any value.

Source: https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from policy_gate.extractors.terraform.hcl import text_functions
from policy_gate.extractors.terraform.hcl.iteration import entries_of
from policy_gate.extractors.terraform.hcl.operators import equal, holds_deferred
from policy_gate.extractors.terraform.hcl.sets import MAX_ITEMS, as_set, is_mixed, unique
from policy_gate.extractors.terraform.values import (
    Located,
    LocatedValue,
    Place,
    plain,
    scalar_text,
)
from policy_gate.model import DeferredText

if TYPE_CHECKING:
    from tree_sitter import Node

    from policy_gate.extractors.terraform.hcl.evaluator import Evaluator


@dataclass(frozen=True)
class Call:
    """A call with its arguments."""

    evaluator: Evaluator
    node: Node
    arguments: Sequence[Located] = field(default_factory=tuple)
    doubtful: Sequence[bool] = field(default_factory=tuple)
    """For each argument: may something inside it be an error?"""

    @property
    def place(self) -> Place:
        return self.evaluator.file.place(self.node)

    def make(self, value: LocatedValue) -> Located:
        return Located(value, self.place)

    def lists(self) -> list[list[Located]] | None:
        """The arguments as lists; None where one is none, or is not known."""
        found = [argument.value for argument in self.arguments]
        return (
            [item for item in found if isinstance(item, list)]
            if all(isinstance(item, list) for item in found)
            else None
        )

    def text(self, index: int) -> str | None:
        """An argument as a text that is known."""
        if index >= len(self.arguments):
            return None
        return scalar_text(self.arguments[index].value)

    def number(self, index: int) -> int | None:
        value = self.arguments[index].value if index < len(self.arguments) else None
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return int(value) if is_number and float(value).is_integer() else None  # type: ignore[arg-type] # mypy does not narrow through the flag


Function: TypeAlias = Callable[[Call], Located | None]


def _concat(call: Call) -> Located | None:
    lists = call.lists()
    return None if lists is None else call.make([item for found in lists for item in found])


def _merge(call: Call) -> Located | None:
    children: dict[str, Located] = {}
    keys: dict[str, Place] = {}
    for argument in call.arguments:
        if argument.value is None:
            continue
        if not isinstance(argument.value, dict):
            return None
        children |= argument.value
        keys |= argument.keys
    return Located(dict(children), call.place, keys)


def _flatten(call: Call) -> Located | None:
    found = _flat(call.arguments[0]) if call.arguments else None
    return None if found is None else call.make(list(found))


def _flat(value: Located) -> list[Located] | None:
    """None where an item may be a list, for all that is known."""
    if not isinstance(value.value, list):
        return None if value.is_unknown else [value]
    found: list[Located] = []
    for item in value.value:
        inner = _flat(item)
        if inner is None:
            return None
        found += inner
    return found


def _distinct(call: Call) -> Located | None:
    return unique(call.arguments[0], call.evaluator.budget) if call.arguments else None


def _toset(call: Call) -> Located | None:
    return as_set(call.arguments[0], call.evaluator.budget) if call.arguments else None


def _compact(call: Call) -> Located | None:
    lists = call.lists()
    if not lists or any(item.is_unknown for item in lists[0]):
        return None
    return call.make([item for item in lists[0] if item.value not in (None, "")])


def _keys(call: Call) -> Located | None:
    content = call.arguments[0].value if call.arguments else None
    if not isinstance(content, dict):
        return None
    entries = entries_of(call.arguments[0]) or []
    return call.make([key for key, _ in entries])


def _values(call: Call) -> Located | None:
    content = call.arguments[0].value if call.arguments else None
    if not isinstance(content, dict):
        return None
    entries = entries_of(call.arguments[0]) or []
    return call.make([value for _, value in entries])


def _lookup(call: Call) -> Located | None:
    content, key = call.arguments[0].value if call.arguments else None, call.text(1)
    if not isinstance(content, dict) or key is None:
        return None
    if key in content:
        return content[key]
    return call.arguments[2] if len(call.arguments) > 2 else None


def _element(call: Call) -> Located | None:
    content, index = call.arguments[0].value if call.arguments else None, call.number(1)
    if not isinstance(content, list) or not content or index is None:
        return None
    return content[index % len(content)]


def _slice(call: Call) -> Located | None:
    content = call.arguments[0].value if call.arguments else None
    start, end = call.number(1), call.number(2)
    if not isinstance(content, list) or start is None or end is None:
        return None
    return call.make(content[start:end]) if 0 <= start <= end <= len(content) else None


def _reverse(call: Call) -> Located | None:
    lists = call.lists()
    return call.make(lists[0][::-1]) if lists else None


def _sort(call: Call) -> Located | None:
    lists = call.lists()
    if not lists or not all(isinstance(item.value, str) for item in lists[0]):
        return None
    return call.make(sorted(lists[0], key=lambda item: str(item.value)))


def _length(call: Call) -> Located | None:
    content = call.arguments[0].value if call.arguments else None
    if isinstance(content, str) and not content.isascii():
        return None
    if call.arguments and call.arguments[0].is_set and holds_deferred(plain(call.arguments[0])):
        # Items that are not known yet may turn out to be the same.
        return None
    return call.make(len(content)) if isinstance(content, list | dict | str) else None


def _contains(call: Call) -> Located | None:
    content = call.arguments[0].value if len(call.arguments) == 2 else None
    if not isinstance(content, list):
        return None
    same = [equal(item, call.arguments[1]) for item in content]
    if True in same:
        return call.make(value=True)
    return None if None in same else call.make(value=False)


def _range(call: Call) -> Located | None:
    numbers = [call.number(index) for index in range(len(call.arguments))]
    if None in numbers or not 1 <= len(numbers) <= 3:
        return None
    known = [number for number in numbers if number is not None]
    if len(known) == 3 and known[2] == 0:
        return None
    found = range(*known)
    if len(found) > MAX_ITEMS:
        return None
    return call.make([call.make(number) for number in found])


def _zipmap(call: Call) -> Located | None:
    lists = call.lists()
    if lists is None or len(lists) != 2 or len(lists[0]) != len(lists[1]):
        return None
    names = [scalar_text(key.value) for key in lists[0]]
    if None in names:
        return None
    return call.make({str(name): item for name, item in zip(names, lists[1], strict=True)})


def _same(call: Call) -> Located | None:
    return call.arguments[0] if call.arguments else None


def _tolist(call: Call) -> Located | None:
    content = call.arguments[0].value if call.arguments else None
    if not isinstance(content, list):
        return None
    return replace(call.arguments[0], is_set=False)


def _tomap(call: Call) -> Located | None:
    content = call.arguments[0].value if call.arguments else None
    return call.arguments[0] if isinstance(content, dict) else None


def _tostring(call: Call) -> Located | None:
    text = call.text(0)
    if text is None:
        argument = call.arguments[0] if call.arguments else None
        is_text = argument is not None and isinstance(argument.value, DeferredText | None)
        return argument if is_text else None
    argument = call.arguments[0]
    return argument if isinstance(argument.value, str) else Located(text, argument.place)


def _coalesce(call: Call) -> Located | None:
    for argument in call.arguments:
        if argument.is_unknown:
            return None
        if argument.value not in (None, ""):
            return argument
    return None


def _coalescelist(call: Call) -> Located | None:
    for argument in call.arguments:
        if not isinstance(argument.value, list):
            return None
        if argument.value:
            return argument
    return None


def _try(call: Call) -> Located | None:
    """The first argument that is no error; one that is not known may be one."""
    for argument, is_doubtful in zip(call.arguments, call.doubtful, strict=True):
        if not argument.is_error:
            return None if argument.is_unknown or is_doubtful else argument
    return None


def _can(call: Call) -> Located | None:
    if not call.arguments:
        return None
    argument = call.arguments[0]
    if not argument.is_error and (argument.is_unknown or call.doubtful[0]):
        return None
    return call.make(not argument.is_error)


def _one(call: Call) -> Located | None:
    content = call.arguments[0].value if call.arguments else None
    if not isinstance(content, list) or len(content) > 1:
        return None
    return content[0] if content else call.make(None)


def _setunion(call: Call) -> Located | None:
    joined = _concat(call)
    return None if joined is None else _toset(Call(call.evaluator, call.node, (joined,)))


def _set_operation(call: Call, *, keep: bool) -> Located | None:
    """The items of the first set that are in the others, or that are not."""
    lists = call.lists()
    if not lists or any(holds_deferred(plain(argument)) for argument in call.arguments):
        return None
    if is_mixed([item for found in lists for item in found]):
        return None
    items = lists[0]
    for other in lists[1:]:
        found = {repr(plain(item)) for item in other}
        items = [item for item in items if (repr(plain(item)) in found) is keep]
    return call.make(list(items))


def _setproduct(call: Call) -> Located | None:
    lists = call.lists()
    if lists is None or math.prod(map(len, lists)) > MAX_ITEMS:
        return None
    rows: list[list[Located]] = [[]]
    for found in lists:
        rows = [[*row, item] for row in rows for item in found]
        call.evaluator.budget.spend(len(rows))
    return call.make([call.make(list(row)) for row in rows])


def _chunklist(call: Call) -> Located | None:
    content, size = call.arguments[0].value if call.arguments else None, call.number(1)
    if not isinstance(content, list) or not size or size < 0:
        return None
    starts = range(0, len(content), size)
    return call.make([call.make(content[start : start + size]) for start in starts])


def _extreme(call: Call, choose: Callable[[list[int]], int]) -> Located | None:
    numbers = [call.number(index) for index in range(len(call.arguments))]
    known = [number for number in numbers if number is not None]
    return call.make(choose(known)) if known and len(known) == len(numbers) else None


def _index(call: Call) -> Located | None:
    content = call.arguments[0].value if len(call.arguments) == 2 else None
    for position, item in enumerate(content if isinstance(content, list) else ()):
        same = equal(item, call.arguments[1])
        if same is not False:
            return call.make(position) if same else None
    return None


FUNCTIONS: dict[str, Function] = {
    **text_functions.FUNCTIONS,
    "can": _can,
    "chunklist": _chunklist,
    "coalesce": _coalesce,
    "coalescelist": _coalescelist,
    "compact": _compact,
    "concat": _concat,
    "contains": _contains,
    "distinct": _distinct,
    "element": _element,
    "flatten": _flatten,
    "index": _index,
    "keys": _keys,
    "length": _length,
    "lookup": _lookup,
    "max": lambda call: _extreme(call, max),
    "merge": _merge,
    "min": lambda call: _extreme(call, min),
    "nonsensitive": _same,
    "one": _one,
    "range": _range,
    "reverse": _reverse,
    "setintersection": lambda call: _set_operation(call, keep=True),
    "setproduct": _setproduct,
    "setsubtract": lambda call: _set_operation(call, keep=False),
    "setunion": _setunion,
    "slice": _slice,
    "sort": _sort,
    "tolist": _tolist,
    "tomap": _tomap,
    "toset": _toset,
    "tostring": _tostring,
    "try": _try,
    "values": _values,
    "zipmap": _zipmap,
}
