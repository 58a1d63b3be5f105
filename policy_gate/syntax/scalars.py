"""Where each character of a string scalar stands in the text of its file.

Policies are often strings inside a template; with this their findings point inside the string.
"""

from __future__ import annotations

import re

from policy_gate.syntax.node import Node

_ESCAPE = re.compile(r"\\u[0-9A-Fa-f]{4}|\\.", re.DOTALL)
_BLOCK_HEADER = re.compile(r"(?:!\S+[ \t]+)?\|[-+0-9]*[ \t]*(?:#[^\n]*)?\r?\n")
_TAG = re.compile(r"!\S+[ \t]+")


def character_offsets(text: str, node: Node) -> list[int] | None:
    """The offset in `text` of each character of a string node; None where it can't be told.

    Covers literal blocks, JSON strings and strings on one line.
    """
    if not isinstance(node.value, str):
        return None
    header = _BLOCK_HEADER.match(text, node.start)
    offsets = _literal_block(text, header.end(), node) if header else _one_line(text, node)
    if offsets is None or len(offsets) < len(node.value):
        return None
    return offsets


def _literal_block(text: str, start: int, node: Node) -> list[int] | None:
    lines = node.value.split("\n") if isinstance(node.value, str) else []
    first = next((line for line in lines if line), "")
    offsets: list[int] = []
    position = start
    for line in lines:
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        written = text[position:end]
        column = written.find(line) if line else len(written)
        if column < 0 or (line == first and written[:column].strip()):
            return None
        offsets.extend(range(position + column, position + column + len(line) + 1))
        position = end + 1
    return offsets


def _one_line(text: str, node: Node) -> list[int] | None:
    tag = _TAG.match(text, node.start)
    start = tag.end() if tag else node.start
    quote = text[start : start + 1]
    inner = text[start + 1 : node.end - 1] if quote in ("'", '"') else text[start : node.end]
    start += 1 if quote in ("'", '"') else 0
    if "\n" in inner:
        return None
    offsets: list[int] = []
    position = 0
    while position < len(inner):
        offsets.append(start + position)
        position += _width(inner, position, quote)
    return offsets


def _width(inner: str, position: int, quote: str) -> int:
    if quote == '"' and (escape := _ESCAPE.match(inner, position)):
        return escape.end() - position
    return 2 if quote == "'" and inner.startswith("''", position) else 1
