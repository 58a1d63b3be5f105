"""Text from templates as a terminal or a log may safely show it.

Whatever does not print (control characters, ANSI escapes, newlines, bidirectional overrides, zero
width characters, lone surrogates) shows as its Python escape, as `\\x1b` and `\\u202e`. So does a
character that the stream can't encode.
"""

from __future__ import annotations

import re
import unicodedata

RUNNER_COMMAND = re.compile(r"##(?=\w*\[)", re.ASCII)
"""The start of `##[command]` and `##vso[command]`, which CI runners obey anywhere in a log line.

Source: https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs (TryParse)
"""


MAX_TEXT = 2000
"""Characters of one text that a report shows."""


def visible(text: str, encoding: str) -> str:
    """The text in characters that print and that `encoding` has."""
    # Most texts are visible as they are, and a report has many.
    if text.isprintable() and _encodes(text, encoding) and not RUNNER_COMMAND.search(text):
        return text
    return "".join(visible_characters(text, encoding))


def one_line(text: str, encoding: str = "utf-8", most: int = MAX_TEXT) -> str:
    """A text of any origin as one printable line of at most about `most` characters."""
    shown = visible(text[: most + 1], encoding)
    return shown if len(shown) <= most else shown[: most - 3] + "..."


def visible_characters(text: str, encoding: str) -> list[str]:
    """What to show for each character of the text."""
    shown = [
        char if char.isprintable() and _encodes(char, encoding) else _escape(char) for char in text
    ]
    for match in RUNNER_COMMAND.finditer(text):
        shown[match.start() + 1] = r"\x23"
    return shown


def columns(text: str) -> int:
    """How many columns of a terminal a visible text takes."""
    if text.isascii():
        return len(text)
    return sum(_character_columns(char) for char in text)


def _encodes(text: str, encoding: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def _character_columns(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
