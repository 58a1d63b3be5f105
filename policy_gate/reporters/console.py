"""The report for a person at a terminal or in front of a CI log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TextIO

from policy_gate.model import CheckResult, GateReport, Status
from policy_gate.reporters import wording
from policy_gate.reporters.blocks import write_accepted, write_finding, write_undecided
from policy_gate.reporters.excerpt import read_lines, readable_with
from policy_gate.reporters.passes import list_passes
from policy_gate.reporters.problems import FileProblems, in_order, problems_by_file
from policy_gate.reporters.terminal import Style, Terminal

_STATUS_STYLES: dict[Status, Style] = {
    Status.PASSED: "green",
    Status.FAILED: "red",
    Status.ERROR: "red",
    Status.EMPTY: "yellow",
}


class ConsoleReporter:
    """What passed, one line a policy; then what did not, file by file; then the summary."""

    name = "console"

    def write(self, report: GateReport, stream: TextIO) -> None:
        terminal = Terminal.of(stream)
        results = in_order(report.results)
        _write_passes(results, terminal)
        problems = problems_by_file(results)
        for file, of_file in problems.items():
            _write_file(file, of_file, terminal)
        if report.comparison is not None:
            from policy_gate.reporters.access_changes import write_comparison

            write_comparison(report.comparison, terminal)
        _write_summary(report, problems, terminal)


REPORTER = ConsoleReporter()


def _write_passes(results: Sequence[CheckResult], terminal: Terminal) -> None:
    """Columns are aligned where the longest line then fits."""
    rows = [[terminal.visible(text) for text in row[:3]] for row in list_passes(results)]
    if not rows:
        return
    widths = [max(len(text) for text in column) for column in zip(*rows, strict=True)]
    aligned = sum(widths) + len("  PASS      ") <= terminal.width
    for row in rows:
        cells = [text.ljust(width) for text, width in zip(row, widths, strict=True)]
        text = "  ".join(cells if aligned else filter(None, row))
        first, *rest = terminal.wrap(text, "  PASS  ", "        ")
        terminal.line(first.replace("PASS", terminal.paint("PASS", "green"), 1))
        for line in rest:
            terminal.line(line)
    terminal.line()


def _write_file(file: str, problems: FileProblems, terminal: Terminal) -> None:
    for line in terminal.wrap(file, "File "):
        terminal.line(line, "bold")
    terminal.line()
    sources = read_lines(problems.locations(), readable_with(file))
    for found in problems.blocking:
        write_finding(found, sources, terminal)
        terminal.line()
    for result in problems.undecided:
        write_undecided(result, sources, terminal)
        terminal.line()
    for found in problems.other:
        write_finding(found, sources, terminal)
        terminal.line()
    for found in problems.accepted:
        write_accepted(found, terminal)
        terminal.line()


def _write_summary(
    report: GateReport, problems: Mapping[str, FileProblems], terminal: Terminal
) -> None:
    word = wording.STATUS_WORDS[report.status]
    blocking = sum(len(of_file.blocking) for of_file in problems.values())
    other = sum(len(of_file.other) for of_file in problems.values())
    first, *rest = terminal.wrap(f"{word}: {wording.outcome(report, blocking, other)}")
    painted = terminal.paint(word, _STATUS_STYLES[report.status])
    terminal.line(first.replace(word, painted, 1))
    lines = [
        f"Coverage: {wording.coverage_line(report.coverage)}",
        f"Analyzer: {wording.analyzer(report)}",
        *([f"Baseline: {wording.baseline(report.baseline)}"] if report.baseline else []),
        *([f"AWS calls: {wording.calls(report.calls)}"] if report.calls else []),
        *(f"Note: {note}" for note in report.notes),
    ]
    defaults = wording.defaults_taken(report.results)
    if defaults:
        lines.append(f"Defaults taken: {defaults}")
    rests_on = {
        sentence.partition(":")[0] for result in report.results for sentence in result.rests_on
    }
    if rests_on:
        lines.append(f"Rests on: {', '.join(sorted(rests_on))} (docs/how-it-decides.md)")
    first_blocking = next(
        (found.finding for of_file in problems.values() for found in of_file.blocking), None
    )
    if step := wording.next_step(report, first_blocking):
        lines.append(f"Next: {step}")
    for line in [*rest, *(part for text in lines for part in terminal.wrap(text))]:
        terminal.line(line)
