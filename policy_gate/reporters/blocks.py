"""One block of console lines for each finding and for each result without an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from policy_gate.model import (
    Assumption,
    CheckResult,
    Finding,
    Location,
    ReasonCode,
    Severity,
    Verdict,
)
from policy_gate.reporters import wording
from policy_gate.reporters.excerpt import FileLines, excerpt
from policy_gate.reporters.problems import FoundIn
from policy_gate.reporters.terminal import Style, Terminal
from policy_gate.reporters.visible import visible_characters

Sources = Mapping[str, FileLines]
"""Lines of the files that locations name, by path."""

_SEVERITY_STYLES: dict[Severity, Style] = {
    Severity.ERROR: "red",
    Severity.SECURITY_WARNING: "yellow",
    Severity.WARNING: "yellow",
    Severity.SUGGESTION: "cyan",
    Severity.NOTE: "cyan",
}
_INDENT = "  "
_LABEL_COLUMNS = 11
_NARROW = 60


def write_finding(found: FoundIn, sources: Sources, terminal: Terminal) -> None:
    """What is wrong, where, the request that shows it, what to do, and what it depends on."""
    finding, result = found.finding, found.result
    label = f"{_severity(finding)}[{finding.code}]"
    if not finding.blocking:
        label += " (does not block)"
    style: Style = _SEVERITY_STYLES[finding.severity] if finding.blocking else "dim"
    _write_headline(label, finding.message, style, terminal)
    _write_place(str(found.location or result.identity.file), style, terminal)
    if found.location and not result.is_sensitive:
        _write_excerpt(found.location, style, sources, terminal)
    rows = [
        ("witness", wording.request(finding.witness) if finding.witness else ""),
        ("fix", finding.fix or ""),
        ("when", finding.world),
        *_assumption_rows(finding.assumptions),
        ("policy", wording.policy(result.identity)),
        ("construct", wording.construct(result.construct)),
        ("statement", wording.statement(finding)),
        ("check", result.check),
        ("also at", wording.listed([str(location) for location in finding.locations[1:]])),
        ("help", finding.help or ""),
        ("id", finding.fingerprint),
    ]
    _write_rows(rows, "plain" if finding.blocking else "dim", terminal)


def write_accepted(found: FoundIn, terminal: Terminal) -> None:
    """In brief what was accepted before: what and where, and by whom until when."""
    finding, result = found.finding, found.result
    label = f"{_severity(finding)}[{finding.code}] ({wording.accepted(finding)})"
    _write_headline(label, finding.message, "dim", terminal)
    _write_place(str(found.location or result.identity.file), "dim", terminal)
    rows = [("waived", wording.waived_by(finding.waiver)), ("id", finding.fingerprint)]
    _write_rows(rows, "dim", terminal)


def write_undecided(result: CheckResult, sources: Sources, terminal: Terminal) -> None:
    """Why there is no answer, where, and what that does to the gate."""
    informs = result.reason is ReasonCode.DOCUMENT_UNAVAILABLE
    style: Style = "cyan" if informs else "red" if result.verdict is Verdict.ERROR else "yellow"
    if result.verdict is Verdict.NOT_CHECKED:
        label = "NOT ANALYSED" if result.reason is ReasonCode.NOT_ANALYSED else "NOT CHECKED"
    else:
        label = result.verdict.value
    _write_headline(label, result.message or "no reason was given", style, terminal)
    _write_place(str(result.location or result.identity.file), style, terminal)
    is_one_line = result.location and result.location.line == result.location.end_line
    if result.location and is_one_line and not result.is_sensitive:
        _write_excerpt(result.location, style, sources, terminal)
    rows = [
        ("effect", wording.effect(result)),
        ("waived", wording.waived_by(result.waiver)),
        ("policy", wording.policy(result.identity)),
        ("construct", wording.construct(result.construct)),
        ("check", result.check),
        *_assumption_rows(result.assumptions),
        ("id", result.fingerprint),
    ]
    _write_rows(rows, "plain", terminal)


def _severity(finding: Finding) -> str:
    return finding.severity.lower().replace("_", "-")


def _write_headline(label: str, message: str, style: Style, terminal: Terminal) -> None:
    shown = terminal.visible(label)
    first, *rest = terminal.wrap(f"{label}: {message}", "  ", "    ")
    if style == "dim":
        terminal.line(first, "dim")
    else:
        terminal.line(first.replace(shown, terminal.paint(shown, style), 1))
    for line in rest:
        terminal.line(line, "dim" if style == "dim" else "plain")


def _write_place(place: str, style: Style, terminal: Terminal) -> None:
    for line in terminal.wrap(place, "    --> ", "        "):
        terminal.line(line, "dim" if style == "dim" else "plain")


def _write_excerpt(location: Location, style: Style, sources: Sources, terminal: Terminal) -> None:
    lines = sources.get(location.path, {})
    show = partial(visible_characters, encoding=terminal.encoding)
    for row in excerpt(location, lines, terminal.width - len(_INDENT), show):
        is_painted = row.is_marker or style == "dim"
        terminal.line(_INDENT + row.text, style if is_painted else "plain")


def _write_rows(rows: Sequence[tuple[str, str]], style: Style, terminal: Terminal) -> None:
    """Labels in a column of their own; under each other where the terminal is narrow."""
    narrow = terminal.width < _NARROW
    for label, text in rows:
        if not text:
            continue
        first = f"    {label}: " if narrow else f"    {label:<{_LABEL_COLUMNS}}"
        rest = " " * (6 if narrow else len(first))
        for number, line in enumerate(terminal.wrap(text, first, rest)):
            label_end = len(first) if number == 0 and style == "plain" else 0
            painted = terminal.paint(line[:label_end], "dim")
            terminal.line(painted + line[label_end:], style)


def _assumption_rows(assumptions: Sequence[Assumption]) -> list[tuple[str, str]]:
    return [("assumes", wording.assumption(assumption)) for assumption in assumptions]
