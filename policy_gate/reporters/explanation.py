"""The documentation of a code, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from policy_gate.explanations import BASES, Explanation
from policy_gate.reporters.terminal import Terminal

_INDENT = "    "
_LONGEST_LINE = 400
_MOST_LINES = 20
_SHOWN_OF_LINE = 120
_SHOWN_LINES = 8


def write_explanation(page: Explanation, stream: TextIO) -> None:
    """What, why, what instead, the examples, and the facts."""
    terminal = Terminal.of(stream)
    terminal.line(terminal.paint(page.code, "bold") + f"  {page.severity} of {page.check}")
    for title, text in (
        ("", page.what),
        ("Why is this bad? ", page.why),
        ("Use instead: ", page.instead),
        ("Fix: ", page.fix),
    ):
        terminal.line()
        _write(terminal, f"{title}{text}")
    for example in page.examples:
        terminal.line()
        _write(terminal, f"{example.title}:")
        terminal.line()
        for line in shortened(example.text):
            terminal.line(terminal.visible(f"{_INDENT}{line}"))
    terminal.line()
    for fact in facts(page):
        _write(terminal, f"{fact[0]}: {fact[1]}")


def facts(page: Explanation) -> list[tuple[str, str]]:
    """What else there is to know: label and text."""
    rows = [("Applies to", page.policies), ("Rests on", BASES[page.basis])]
    if page.resource_type:
        rows.append(("Resource type of the examples", page.resource_type))
    if page.is_approximate:
        rows.append(
            ("Approximate", "off unless asked for: without tables of AWS it reports too much")
        )
    return [*rows, ("AWS", page.link)] if page.link else rows


def write_codes(pages: Iterable[Explanation], stream: TextIO) -> None:
    """All codes with their severity, one a line."""
    terminal = Terminal.of(stream)
    for page in sorted(pages, key=lambda page: page.code):
        terminal.line(f"{page.severity:<17} {page.code}")


def shortened(text: str) -> list[str]:
    """The lines of an example, of which some are about size and too long to be read."""
    lines = [
        line if len(line) <= _LONGEST_LINE else f"{line[:_SHOWN_OF_LINE]}..."
        for line in text.split("\n")
    ]
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_SHOWN_LINES], "    ...", *lines[-2:]]
    return lines


def _write(terminal: Terminal, text: str) -> None:
    for line in terminal.wrap(text, "", ""):
        terminal.line(line)
