"""The stream that the console report goes to: its width, its colours, its encoding."""

from __future__ import annotations

import os
import shutil
import textwrap
from dataclasses import dataclass
from typing import Literal, TextIO

from policy_gate.reporters.visible import one_line

Style = Literal["plain", "bold", "dim", "red", "yellow", "cyan", "green"]

_LOG_WIDTH = 100
_MIN_WIDTH, _MAX_WIDTH = 20, 120
_CODES: dict[Style, str] = {
    "bold": "1",
    "dim": "2",
    "red": "1;31",
    "yellow": "1;33",
    "cyan": "1;36",
    "green": "32",
}


@dataclass(frozen=True, slots=True)
class Terminal:
    """Lines of text to a stream, whatever the stream is."""

    stream: TextIO
    width: int
    """Columns to wrap at."""

    colour: bool
    encoding: str

    @classmethod
    def of(cls, stream: TextIO) -> Terminal:
        """A terminal has its own width and perhaps colours; a log has neither."""
        is_terminal = stream.isatty()
        width = shutil.get_terminal_size().columns if is_terminal else _LOG_WIDTH
        return cls(
            stream,
            max(_MIN_WIDTH, min(width, _MAX_WIDTH)),
            is_terminal and _environment_allows_colour(),
            getattr(stream, "encoding", None) or "utf-8",
        )

    def visible(self, text: str) -> str:
        """A text of any origin as one printable line of bounded length."""
        return one_line(text, self.encoding)

    def paint(self, text: str, style: Style) -> str:
        """The text in a style, if there are colours."""
        if not self.colour or style == "plain" or not text:
            return text
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m"

    def wrap(self, text: str, first: str = "", rest: str = "  ") -> list[str]:
        """A text of any origin in lines that begin with `first`, then `rest`.

        Words longer than a line, such as ARNs, stay whole, so that one can copy them.
        """
        lines = textwrap.wrap(
            self.visible(text),
            self.width,
            initial_indent=first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
        return lines or [first.rstrip()]

    def line(self, text: str = "", style: Style = "plain") -> None:
        """Write one line, of which every part from outside is visible already."""
        self.stream.write(self.paint(without_command(text), style) + "\n")


def without_command(line: str) -> str:
    """The line, so that a GitHub runner does not take it for `::command::`.

    The runner skips blanks before the colons, so indenting the line would not help. Source:
    https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs (TryParseV2)
    """
    words = line.lstrip()
    if not words.startswith("::"):
        return line
    return line[: len(line) - len(words)] + r"\x3a" + words[1:]


def _environment_allows_colour() -> bool:
    """No for NO_COLOR (https://no-color.org), for CI logs and for terminals without colours."""
    return (
        not os.environ.get("NO_COLOR")
        and os.environ.get("CI", "") in {"", "0", "false"}
        and os.environ.get("TERM") != "dumb"
    )
