"""Questions to somebody at a terminal, before a file is changed. All of it goes to stderr."""

from __future__ import annotations

import difflib
import sys

from policy_gate.reporters.terminal import Style, Terminal

_STYLES: dict[str, Style] = {"+": "green", "-": "red", "@": "cyan"}
_TAB = "    "


def has_terminal() -> bool:
    """Is there somebody to ask?"""
    return sys.stdin.isatty() and sys.stderr.isatty()


def agrees(terminal: Terminal, question: str) -> bool:
    """Asks; only a yes is one. The question is printable."""
    terminal.stream.write(f"{question} [y/N] ")
    terminal.stream.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def show_difference(terminal: Terminal, before: tuple[str, str], after: tuple[str, str]) -> None:
    """Two texts, each with its name, as a unified diff."""
    lines = difflib.unified_diff(
        before[1].removesuffix("\n").split("\n"),
        after[1].removesuffix("\n").split("\n"),
        before[0],
        after[0],
        lineterm="",
    )
    for line in lines:
        shown = terminal.visible(line.removesuffix("\r").replace("\t", _TAB))
        terminal.line(shown, _STYLES.get(line[:1], "plain"))
