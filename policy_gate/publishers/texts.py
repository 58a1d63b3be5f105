"""The texts to publish, as plain as they can be and safe on every platform.

Everything that comes from a template is shown in a fixed-width font, in which nothing is markup.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from policy_gate.model import CheckResult, Finding, GateReport, ReasonCode, Severity, Verdict
from policy_gate.reporters.visible import visible
from policy_gate.reporters.wording import STATUS_WORDS, count, policy, request

Level = Literal["error", "warning", "notice"]
"""`error` is what blocks; the others only inform."""

MOST_ANNOTATIONS = 10
"""Annotations of a level that GitHub shows of one step."""

_MAX_TEXT = 2000


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


def report_markdown(report: GateReport, most: int) -> str:
    """The whole report in at most `most` characters; what is left out is counted."""
    lines = [f"### policy-gate: {STATUS_WORDS[report.status]}", ""]
    found = remarks(report)
    size = 200
    for index, remark in enumerate(found):
        row = f"- {_code(f'{remark.path}:{remark.line}')} {remark.markdown}"
        size += len(row) + 1
        if size > most:
            lines += ["", f"{count(len(found) - index, 'more problem')} not shown."]
            break
        lines.append(row)
    return "\n".join([*lines, ""])


def remarks(report: GateReport) -> list[Remark]:
    """What does not pass, what blocks first."""
    distinct = {remark.fingerprint: remark for remark in _remarks(report)}
    return sorted(distinct.values(), key=lambda remark: remark.level != "error")


def workflow_commands(report: GateReport) -> list[str]:
    """The most important remarks as workflow commands of GitHub, a line each."""
    shown: list[str] = []
    for level in ("error", "warning", "notice"):
        of_level = [remark for remark in remarks(report) if remark.level == level]
        for remark in of_level[:MOST_ANNOTATIONS]:
            file, title = _property(remark.path), _property(remark.title)
            shown.append(
                f"::{level} file={file},line={remark.line},endLine={remark.end_line},title={title}"
                f"::{_data(remark.text)}"
            )
    return shown


def sarif_log(report: GateReport, category: str) -> str:
    """The report as a SARIF log. Of two logs of a commit and category a platform keeps one."""
    results = [
        {
            "ruleId": remark.title,
            "message": {"text": remark.text},
            "level": "note" if remark.level == "notice" else remark.level,
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": remark.path},
                        "region": {"startLine": remark.line},
                    }
                }
            ],
        }
        for remark in remarks(report)
    ]
    run = {
        "tool": {"driver": {"name": "policy-gate"}},
        "automationDetails": {"id": f"{category}/"},
        "results": results,
    }
    return json.dumps({"version": "2.1.0", "runs": [run]})


def _remarks(report: GateReport) -> Iterator[Remark]:
    for result in report.results:
        for finding in result.findings:
            yield _remark(result, finding)
        is_neutral = result.reason is ReasonCode.NOT_APPLICABLE
        if not result.findings and result.verdict is not Verdict.PASS and not is_neutral:
            yield _remark(result, None)


def _remark(result: CheckResult, finding: Finding | None) -> Remark:
    place = finding.locations[0] if finding and finding.locations else result.location
    title = _line(finding.code if finding else result.verdict.value)
    informs = finding is not None and finding.severity in (Severity.SUGGESTION, Severity.NOTE)
    blocks = finding.blocking if finding else result.blocking
    sentences = [
        finding.message if finding else result.message,
        f"Witness: {request(finding.witness)}" if finding and finding.witness else "",
        f"Fix: {finding.fix}" if finding and finding.fix else "",
        f"Policy: {policy(result.identity)}",
    ]
    shown = [_line(sentence) for sentence in sentences if sentence]
    subject = json.dumps([*result.identity, result.check, title, result.message])
    own = finding.fingerprint if finding else ""
    return Remark(
        own or hashlib.sha256(subject.encode()).hexdigest()[:16],
        _from_root(place.path if place else result.identity.file),
        place.line if place else 1,
        max(place.line, place.end_line) if place else 1,
        "error" if blocks else "notice" if informs else "warning",
        title,
        "\n".join(shown),
        " ".join(map(_code, (title, *shown))),
    )


def _from_root(name: str) -> str:
    here = Path.cwd()
    root = next((path for path in (here, *here.parents) if (path / ".git").exists()), here)
    return _line(os.path.relpath(here / name, root).replace(os.sep, "/"))


def _line(text: str) -> str:
    return visible(text[:_MAX_TEXT], "utf-8")


def _code(text: str) -> str:
    """With entities in place of all that could end the element or be a marker."""
    escaped = "".join(
        char if char.isalnum() or char in " ./" else f"&#{ord(char)};" for char in text
    )
    return f"<code>{escaped}</code>"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
