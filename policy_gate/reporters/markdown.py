"""The report as Markdown: for comments, job summaries and files."""

from __future__ import annotations

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
    Raises ReportError where a template of the user is at fault, or where what it writes of no
    problem at all does not fit.
    """
    template = template or _own()
    problems = most_severe_first(list_problems(report))
    variables = view(report, problems[: limit // _LEAST])
    most = min(len(problems), limit // _LEAST)

    def shown(kept: int) -> str:
        return template.render(shortened(variables, problems, kept))

    if _length(text := shown(most)) <= limit:
        return text
    fits, does_not, text = -1, most, ""
    while does_not - fits > 1:
        middle = (fits + does_not) // 2
        tried = shown(middle)
        if _length(tried) <= limit:
            fits, text = middle, tried
        else:
            does_not = middle
    if fits < 0:
        raise ReportError(f"{template.name}: it writes more than {limit} characters")
    return text


def _own() -> MarkdownTemplate:
    return MarkdownTemplate(_FILE.read_text(encoding="utf-8"), _FILE.name, is_trusted=True)


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
