"""Edits of a JSON text that keep its layout: entries removed, members added, strings rewritten."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from policy_gate.syntax.node import Node


class Edit(NamedTuple):
    """The text that replaces a half-open range of characters."""

    start: int
    end: int
    text: str


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text after edits of which none overlaps another."""
    pieces = []
    end = 0
    for edit in sorted(edits):
        pieces += [text[end : edit.start], edit.text]
        end = edit.end
    return "".join([*pieces, text[end:]])


def conflict(one: Edit, other: Edit) -> bool:
    """Whether two edits are about the same characters; an insertion claims both neighbours."""
    if one.start == one.end or other.start == other.end:
        return one.start <= other.end and other.start <= one.end
    return one.start < other.end and other.start < one.end


def as_one(text: str, node: Node, edits: Iterable[Edit]) -> Edit:
    """The edits inside a node as one of the whole node, so that it conflicts with any other there.

    For edits that give an object a key, which another edit might give it too.
    """
    within = [
        Edit(edit.start - node.start, edit.end - node.start, edit.text) for edit in sorted(edits)
    ]
    return Edit(node.start, node.end, edited(text[node.start : node.end], within))


def literal(value: str) -> str:
    """A string as JSON, with escapes only where they must be."""
    plain = json.dumps(value, ensure_ascii=False)
    return plain if plain.isprintable() else json.dumps(value)


def without(node: Node, steps: Collection[str | int]) -> list[Edit]:
    """Removes entries of an array or members of an object, with the comma and the line of each."""
    ranges = _ranges(node)
    gone = [step in steps for step in ranges]
    spans = list(ranges.values())
    if gone and all(gone):
        return [Edit(node.start + 1, node.end - 1, "")]
    edits = []
    index = 0
    while index < len(spans):
        first = index
        while index < len(spans) and gone[index]:
            index += 1
        if index == len(spans) > first:
            edits.append(Edit(spans[first - 1][1], spans[-1][1], ""))
        elif index > first:
            edits.append(Edit(spans[first][0], spans[index][0], ""))
        index += 1
    return edits


def with_member(text: str, node: Node, key: str, value: str) -> Edit:
    """Adds a member at the end of an object, laid out as those before; `value` is JSON text."""
    spans = list(_ranges(node).values())
    member = f"{literal(key)}{_colon(text, node)}{value}"
    if not spans:
        return Edit(node.start, node.end, f"{{{member}}}")
    return Edit(spans[-1][1], spans[-1][1], f"{_separator(text, node, spans)}{member}")


def with_first_member(text: str, node: Node, key: str, value: str) -> Edit:
    """Adds a member at the beginning of an object."""
    spans = list(_ranges(node).values())
    if not spans:
        return with_member(text, node, key, value)
    member = f"{literal(key)}{_colon(text, node)}{value}{_separator(text, node, spans)}"
    return Edit(spans[0][0], spans[0][0], member)


def with_entries(text: str, node: Node, values: Sequence[str]) -> Edit:
    """Adds strings at the end of an array; a single value becomes an array with them."""
    added = list(map(literal, values))
    if not isinstance(node.value, list):
        return Edit(node.start, node.end, f"[{', '.join([text[node.start : node.end], *added])}]")
    spans = list(_ranges(node).values())
    if not spans:
        return Edit(node.start, node.end, f"[{', '.join(added)}]")
    separator = _separator(text, node, spans)
    return Edit(spans[-1][1], spans[-1][1], "".join(f"{separator}{value}" for value in added))


def object_like(text: str, sibling: Node | None, key: str, value: str) -> str:
    """An object of one member, laid out as its sibling is; on one line where there is none."""
    spans = list(_ranges(sibling).values()) if sibling else []
    if sibling is None or not spans:
        return f"{{{literal(key)}: {value}}}"
    before, after = text[sibling.start + 1 : spans[0][0]], text[spans[-1][1] : sibling.end - 1]
    return f"{{{before}{literal(key)}{_colon(text, sibling)}{value}{after}}}"


def _ranges(node: Node) -> dict[str | int, tuple[int, int]]:
    """Where each entry of an array, and each member of an object with its key, stands."""
    if isinstance(node.value, list):
        return {index: (child.start, child.end) for index, child in enumerate(node.value)}
    return {key: (node.keys[key][0], child.end) for key, child in node.entries.items()}


def _colon(text: str, node: Node) -> str:
    """What stands between key and value."""
    return next(
        (text[node.keys[key][1] : child.start] for key, child in node.entries.items()), ": "
    )


def _separator(text: str, node: Node, spans: Sequence[tuple[int, int]]) -> str:
    """What stands between two entries."""
    if len(spans) > 1:
        return text[spans[0][1] : spans[1][0]]
    before = text[node.start + 1 : spans[0][0]]
    is_dense = isinstance(node.value, dict) and _colon(text, node) == ":"
    return "," + (before if "\n" in before or is_dense else " ")
