"""Where each character of a string scalar stands in the text of its file.

Policies are often strings inside a template; with this their findings point inside the string.
"""

from __future__ import annotations

import re

from policy_gate.syntax.node import Node

_PROPERTIES = re.compile(r"(?:[!&]\S*\s+)*")
_BLOCK_HEADER = re.compile(r"[|>][-+0-9]*[ \t]*(?:#[^\n]*)?\n?")
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9A-Fa-f]{2}\\u[0-9A-Fa-f]{4}"
    r"|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}|.)",
    re.DOTALL,
)
_ESCAPED_SPACE = frozenset("\\" + char for char in "ntr \n\rNLP_\tvf")


def character_offsets(text: str, node: Node) -> list[int] | None:
    """The offset in `text` of each character of a string node; None where it can't be told.

    The value is laid along what is written, in any style of YAML and JSON. White space, which the
    styles fold in their own ways, gets the offset of what follows it.
    """
    if not isinstance(node.value, str):
        return None
    start = _end(_PROPERTIES, text, node.start)
    quote = text[start : start + 1]
    if quote in ("|", ">"):
        start = _end(_BLOCK_HEADER, text, start)
    elif quote in ("'", '"'):
        start += 1
    offsets: list[int] = []
    for char in node.value:
        if char.isspace():
            offsets.append(start)
            continue
        start = _after_space(text, start, node.end, quote)
        offsets.append(start)
        width = _width(text, start, char, quote)
        if width == 0 or start + width > node.end:
            return None
        start += width
    return [min(offset, node.end) for offset in offsets]


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _after_space(text: str, start: int, end: int, quote: str) -> int:
    while start < end:
        if text[start].isspace():
            start += 1
        elif quote == '"' and text[start : start + 2] in _ESCAPED_SPACE:
            start += 2
        else:
            break
    return start


def _width(text: str, start: int, char: str, quote: str) -> int:
    """How many characters of the text one character of the value takes; 0 for a mismatch."""
    if quote == '"' and (escape := _ESCAPE.match(text, start)):
        return len(escape.group())
    if text[start : start + 1] != char:
        return 0
    return 2 if quote == "'" == char else 1
