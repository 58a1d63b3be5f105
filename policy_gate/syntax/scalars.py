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
_SPACE = frozenset(" \t\n\r\x85\u2028\u2029")
_ESCAPED_SPACE = re.compile(
    r"\\(?:[ntrNLP \n\r\t]|(?:x|u00|U000000)(?:09|0[aAdD]|20|85)|(?:u|U0000)202[89])"
)

Span = tuple[int, int]


def character_spans(text: str, node: Node) -> list[Span] | None:
    """Where each character of a string node stands in `text`; None where it can't be told.

    The value is laid along what is written, in any style of YAML and JSON. White space, which the
    styles fold in their own ways, gets the place of what follows it.
    """
    if not isinstance(node.value, str):
        return None
    position = _end(_PROPERTIES, text, node.start)
    quote = text[position : position + 1]
    if quote in ("|", ">"):
        position = _end(_BLOCK_HEADER, text, position)
    elif quote in ("'", '"'):
        position += 1
    spans: list[Span] = []
    for char in node.value:
        if char in _SPACE:
            spans.append((position, min(position + 1, node.end)))
            continue
        start = _after_space(text, position, node.end, quote)
        position = start + _width(text, start, char, quote)
        if position == start or position > node.end:
            return None
        spans.append((start, position))
    return spans


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _after_space(text: str, start: int, end: int, quote: str) -> int:
    while start < end:
        if text[start] in _SPACE:
            start += 1
        elif quote == '"' and (escape := _ESCAPED_SPACE.match(text, start)):
            start = escape.end()
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
