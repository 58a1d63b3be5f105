"""The texts to publish, from the reporters that make them, and what platforms show at lines."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from policy_gate.config.section import ConfigError, read_source
from policy_gate.model import GateReport
from policy_gate.reporters.annotations import sentences
from policy_gate.reporters.interface import ReportError
from policy_gate.reporters.markdown import markdown_within
from policy_gate.reporters.markdown_template import MarkdownTemplate
from policy_gate.reporters.markdown_text import code, prose
from policy_gate.reporters.problem_list import Level, Problem, list_problems, most_severe_first
from policy_gate.reporters.repository import Repository
from policy_gate.reporters.sarif import SarifReporter
from policy_gate.reporters.visible import one_line


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding, or a result without an answer, as it is shown at a line."""

    fingerprint: str
    """The same in the next run, whatever line it stands at then; no other of the report has it."""

    path: str
    """From the root of the repository, `/` between its parts."""

    line: int
    """From 1."""

    end_line: int
    level: Level
    title: str
    """One line of plain text."""

    text: str
    """Plain text, lines parted by `\\n`."""

    markdown: str


def report_markdown(report: GateReport, most: int, template: Path | None = None) -> str:
    """The whole report in at most `most` characters; what is left out is counted.

    Where the template of the user is at fault, ours is taken, and the text says why.
    """
    if template is None:
        return markdown_within(report, most)
    try:
        source = read_source(template)
        return markdown_within(report, most, MarkdownTemplate(source.text, source.path))
    except (ConfigError, ReportError) as error:
        note = f"\n- **Note:** The template cannot be used: {prose(str(error))}\n"
        return markdown_within(report, most - len(note)) + note


def remarks(report: GateReport) -> list[Remark]:
    """What does not pass, the most severe first."""
    repository = Repository()
    problems = most_severe_first(list_problems(report))
    return [_remark(problem, repository) for problem in problems]


def sarif_log(report: GateReport, category: str) -> str:
    """The report as a SARIF log. Of two logs of a commit and category a platform keeps one."""
    stream = StringIO()
    SarifReporter(category).write(report, stream)
    return stream.getvalue()


def _remark(problem: Problem, repository: Repository) -> Remark:
    place = problem.location
    title = one_line(problem.code)
    shown = sentences(problem)
    return Remark(
        problem.fingerprint,
        one_line(repository.path(problem.file)),
        place.line if place else 1,
        max(place.line, place.end_line) if place else 1,
        problem.level,
        title,
        "\n".join(shown),
        "\n\n".join(map(code, (title, *shown))),
    )
