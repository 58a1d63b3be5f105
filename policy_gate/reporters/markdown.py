"""The report as Markdown: for comments, job summaries and files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from policy_gate.model import GateReport
from policy_gate.reporters.interface import ReportError
from policy_gate.reporters.markdown_template import MarkdownTemplate
from policy_gate.reporters.markdown_view import shortened, view
from policy_gate.reporters.problem_list import list_problems, most_severe_first
from policy_gate.reporters.terminal import without_command

MAX_COMMENT = 65_536
"""Characters of a comment on GitHub, its marker included."""

_LEAST = 100
"""Characters that a problem takes at least, by a template that shows it."""

_FILE = Path(__file__).with_name("report.md.j2")


class MarkdownReporter:
    """The most severe first. Teams may bring a template of their own."""

    name = "markdown"

    def __init__(self, template: MarkdownTemplate | None = None) -> None:
        self._template = template

    def write(self, report: GateReport, stream: TextIO) -> None:
        """Raises ReportError where a template of the user is at fault."""
        template = self._template or _own()
        text = template.render(view(report, most_severe_first(list_problems(report))))
        encoding = stream.encoding or "utf-8"
        text = text.encode("utf-8", "backslashreplace").decode()
        shown = text.encode(encoding, "xmlcharrefreplace").decode(encoding)
        lines = shown.rstrip("\n").split("\n")
        stream.writelines(without_command(line) + "\n" for line in lines)


REPORTER = MarkdownReporter()


def markdown_within(
    report: GateReport, limit: int = MAX_COMMENT, template: MarkdownTemplate | None = None
) -> str:
    """The Markdown in at most `limit` characters, counted as UTF-16 does.

    What does not fit is left out, the least severe first, and the text says how much that is.
    Neither the problems nor what a change adds can push the other out: each has half of the room,
    and what the other does not need of its own.
    Raises ReportError where a template of the user is at fault, or where what it writes of no
    problem at all does not fit.
    """
    template = template or _own()
    problems = most_severe_first(list_problems(report))
    most = min(len(problems), limit // _LEAST)
    variables = view(report, problems[:most])
    comparison = variables["comparison"]
    most_changes = len(comparison["changes"]) if comparison else 0

    def shown(kept: int, changes: int) -> str:
        return template.render(shortened(variables, problems, kept, changes))

    def is_within(room: int, kept: int, changes: int) -> bool:
        return _length(shown(kept, changes)) <= room

    if _length(text := shown(most, most_changes)) <= limit:
        return text
    if not is_within(limit, 0, 0):
        raise ReportError(f"{template.name}: it writes more than {limit} characters")
    changes = _last(0, most_changes, lambda number: is_within(limit // 2, 0, number))
    kept = _last(0, most, lambda number: is_within(limit, number, changes))
    changes = _last(changes, most_changes, lambda number: is_within(limit, kept, number))
    return shown(kept, changes)


def _last(first: int, last: int, holds: Callable[[int], bool]) -> int:
    """The last number from `first` on that `holds`, which the first is taken to do."""
    while first < last:
        middle = (first + last + 1) // 2
        if holds(middle):
            first = middle
        else:
            last = middle - 1
    return first


def _own() -> MarkdownTemplate:
    return MarkdownTemplate(_FILE.read_text(encoding="utf-8"), _FILE.name, is_trusted=True)


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
