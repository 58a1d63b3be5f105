"""The report for a person at a terminal or in front of a CI log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from policy_gate.model import CheckResult, GateReport, PolicyIdentity, ReasonCode, Status, Verdict
from policy_gate.reporters import wording
from policy_gate.reporters.blocks import write_accepted, write_finding, write_undecided
from policy_gate.reporters.excerpt import read_lines
from policy_gate.reporters.problems import FileProblems, problems_by_file
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
        results = sorted(report.results, key=_position)
        _write_passes(results, terminal)
        problems = problems_by_file(results)
        for file, of_file in problems.items():
            _write_file(file, of_file, terminal)
        if report.comparison is not None:
            from policy_gate.reporters.access_changes import write_comparison

            write_comparison(report.comparison, terminal)
        _write_summary(report, problems, terminal)


REPORTER = ConsoleReporter()


def _position(result: CheckResult) -> tuple[str | int, ...]:
    """The order of results: by place, whatever order they were computed in."""
    identity, location = result.identity, result.location
    place = (location.line, location.column) if location else (0, 0)
    names = (identity.resource_address, identity.policy_name, identity.kind or "", result.check)
    return (identity.file, *place, *names, result.message)


def _write_passes(results: Sequence[CheckResult], terminal: Terminal) -> None:
    """Columns are aligned where the longest line then fits."""
    rows = [[terminal.visible(text) for text in row] for row in _passes(results)]
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


def _passes(results: Sequence[CheckResult]) -> list[tuple[str, str, str]]:
    """Place, name and checks of each policy that passes everything it was asked."""
    verdicts: dict[PolicyIdentity, dict[str, set[Verdict]]] = {}
    places: dict[PolicyIdentity, str] = {}
    names: dict[PolicyIdentity, str] = {}
    for result in results:
        if result.reason is ReasonCode.NOT_APPLICABLE:
            continue
        checks = verdicts.setdefault(result.identity, {})
        checks.setdefault(result.check, set()).add(result.verdict)
        if result.location:
            place = f"{result.location.path}:{result.location.line}"
            places.setdefault(result.identity, place)
        if result.construct:
            names[result.identity] = f"{result.construct.path} / {result.identity.policy_name}"
    rows = []
    for identity, checks in verdicts.items():
        if all(seen == {Verdict.PASS} for seen in checks.values()):
            place = places.get(identity, identity.file)
            rows.append((place, names.get(identity, str(identity)), ", ".join(checks)))
    return rows


def _write_file(file: str, problems: FileProblems, terminal: Terminal) -> None:
    for line in terminal.wrap(file, "File "):
        terminal.line(line, "bold")
    terminal.line()
    sources = read_lines(problems.locations(), _readable_with(file))
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


def _readable_with(file: str) -> Callable[[str], bool]:
    """Whether an excerpt may show a path: the input itself, or a file under the working directory.

    A hostile cloud assembly could name any file of the machine as the source of a policy.
    """
    here = Path.cwd().resolve()

    def is_readable(path: str) -> bool:
        if path == file:
            return True
        try:
            return Path(path).resolve().is_relative_to(here)
        except (OSError, ValueError, RuntimeError):
            return False

    return is_readable


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
        f"Analyzer: {report.analyzer}"
        + f" ({report.analyzer_reason})" * bool(report.analyzer_reason)
        + (f", service data of {report.service_data}" if report.service_data else ""),
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
        lines.append(f"Rests on: {', '.join(sorted(rests_on))} (README, How it decides)")
    for line in [*rest, *(part for text in lines for part in terminal.wrap(text))]:
        terminal.line(line)
