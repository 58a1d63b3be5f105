"""JSON (RFC 8259) with the position of every key and value.

Stricter than `json.loads`: a duplicate key is an error, since its last value would win
silently, and so are NaN, Infinity and nesting beyond `MAX_DEPTH`.
"""

from __future__ import annotations

import re
from json.decoder import scanstring  # type: ignore[attr-defined] # typeshed lacks it

from policy_gate.syntax.node import MAX_DEPTH, Content, Node, ReadError

_SPACE = re.compile(r"[ \t\n\r]*")
_COLON = re.compile(r"[ \t\n\r]*:[ \t\n\r]*")
_COMMA = re.compile(r"[ \t\n\r]*,[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?", re.ASCII)
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_MAX_DIGITS = 400
_WORDS: dict[str, tuple[str, bool | None]] = {
    "t": ("true", True),
    "f": ("false", False),
    "n": ("null", None),
}


def read_json(text: str) -> Node:
    """The tree of one JSON document.

    Raises ReadError with the offset where the text stops being JSON.
    """
    reader = _Reader(text)
    node = reader.value(reader.space(0), 0)
    rest = reader.space(node.end)
    if rest != len(text):
        raise ReadError("there is more text after the JSON value", rest)
    return node


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text

    def space(self, offset: int) -> int:
        match = _SPACE.match(self.text, offset)
        return match.end() if match else offset

    def value(self, start: int, depth: int) -> Node:
        char = self.text[start : start + 1]
        if char == '"':
            content, end = self.string(start)
            return Node(content, start, end)
        if char == "{":
            return self.mapping(start, depth + 1)
        if char == "[":
            return self.sequence(start, depth + 1)
        if char in _WORDS:
            word, constant = _WORDS[char]
            if self.text.startswith(word, start):
                return Node(constant, start, start + len(word))
        elif match := _NUMBER.match(self.text, start):
            return Node(_number(match, start), start, match.end())
        raise ReadError(
            "a JSON value is expected here" if char else "the text ends too early", start
        )

    def string(self, start: int) -> tuple[str, int]:
        content: str
        end: int
        try:
            content, end = scanstring(self.text, start + 1)
        except ValueError as error:
            message = "this JSON string has a bad escape or a control character"
            if not _STRING.match(self.text, start):
                message = "this JSON string is not closed"
            raise ReadError(message, start) from error
        return content, end

    def mapping(self, start: int, depth: int) -> Node:
        self.check_depth(start, depth)
        children: dict[str, Node] = {}
        keys: dict[str, tuple[int, int]] = {}
        offset = self.space(start + 1)
        if self.text.startswith("}", offset):
            return Node(children, start, offset + 1)
        while True:
            if not self.text.startswith('"', offset):
                raise ReadError("a key in double quotes is expected here", offset)
            key, key_end = self.string(offset)
            if key in children:
                raise ReadError(
                    f"duplicate key {key[:80]!a}: only the last value would count", offset
                )
            colon = _COLON.match(self.text, key_end)
            if not colon:
                raise ReadError("a colon is expected after the key", self.space(key_end))
            keys[key] = (offset, key_end)
            child = self.value(colon.end(), depth)
            children[key] = child
            offset, closed = self.separator(child.end, "}")
            if closed:
                return Node(children, start, offset, keys)

    def sequence(self, start: int, depth: int) -> Node:
        self.check_depth(start, depth)
        children: list[Node] = []
        offset = self.space(start + 1)
        if self.text.startswith("]", offset):
            return Node(children, start, offset + 1)
        while True:
            child = self.value(offset, depth)
            children.append(child)
            offset, closed = self.separator(child.end, "]")
            if closed:
                return Node(children, start, offset)

    def separator(self, offset: int, closing: str) -> tuple[int, bool]:
        if comma := _COMMA.match(self.text, offset):
            return comma.end(), False
        offset = self.space(offset)
        if self.text.startswith(closing, offset):
            return offset + 1, True
        raise ReadError(f"a comma or {closing!r} is expected here", offset)

    def check_depth(self, start: int, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise ReadError(f"more than {MAX_DEPTH} collections inside each other", start)


def _number(match: re.Match[str], start: int) -> Content:
    text = match.group()
    if len(text) > _MAX_DIGITS:
        raise ReadError("this number has too many digits", start)
    return float(text) if match.group(1) or match.group(2) else int(text)
