"""SARIF 2.1.0, as GitHub code scanning reads it.

Sources: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html and
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from typing import Any, TextIO

from policy_gate import __version__
from policy_gate.model import GateReport, Status, Verdict
from policy_gate.reporters.json_report import guarded
from policy_gate.reporters.problem_list import (
    Problem,
    counted,
    list_problems,
    most_severe_first,
)
from policy_gate.reporters.repository import Repository
from policy_gate.reporters.sarif_results import result_object
from policy_gate.reporters.sarif_rules import rule_objects
from policy_gate.reporters.visible import one_line
from policy_gate.reporters.wording import baseline, coverage_line, report_outcome

CATEGORY = "policy-gate"

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

MAX_RESULTS = 25_000
"""Results of a run that code scanning takes; it refuses a file with more."""

MAX_GZIP_BYTES = 10_000_000
"""Bytes of a file, compressed, that code scanning takes."""


class SarifReporter:
    """What does not pass, the most severe first; what cannot be told is counted as notification."""

    name = "sarif"

    def __init__(self, category: str = CATEGORY) -> None:
        """Of two uploads of one commit with the same category, GitHub keeps the later."""
        self.category = category

    def write(self, report: GateReport, stream: TextIO) -> None:
        stream.write(sarif_text(report, self.category))


REPORTER = SarifReporter()


def sarif_text(
    report: GateReport,
    category: str = CATEGORY,
    most: int = MAX_RESULTS,
    most_bytes: int = MAX_GZIP_BYTES,
) -> str:
    """The report as one SARIF log in ASCII, within the limits of code scanning."""
    problems = most_severe_first(list_problems(report))
    kept = min(len(problems), most)
    while True:
        text = _text(report, category, problems[:kept], problems[kept:])
        size = len(text)
        if size > most_bytes:
            size = len(gzip.compress(text.encode(), mtime=0))
        if size <= most_bytes or not kept:
            return text
        kept = min(kept - 1, kept * most_bytes * 9 // (size * 10))


def _text(
    report: GateReport, category: str, kept: Sequence[Problem], cut: Sequence[Problem]
) -> str:
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report, category, kept, cut)]}
    return guarded(json.dumps(log, ensure_ascii=True)) + "\n"


def _run(
    report: GateReport, category: str, kept: Sequence[Problem], cut: Sequence[Problem]
) -> dict[str, Any]:
    rules = rule_objects(kept)
    indexes = {rule["id"]: index for index, rule in enumerate(rules)}
    repository = Repository()
    return {
        "tool": {
            "driver": {
                "name": "policy-gate",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": rules,
            }
        },
        "automationDetails": {"id": f"{category}/"},
        "invocations": [_invocation(report, cut)],
        "originalUriBaseIds": {
            "%SRCROOT%": {"description": {"text": "The root of the repository."}}
        },
        # The columns of the report count characters, not the units of UTF-16.
        "columnKind": "unicodeCodePoints",
        "results": [result_object(problem, indexes, repository) for problem in kept],
        "properties": {
            "status": report.status.value,
            "coverage": coverage_line(report.coverage),
            "waived": report.waived,
            **({"baseline": one_line(baseline(report.baseline))} if report.baseline else {}),
        },
    }


def _invocation(report: GateReport, cut: Sequence[Problem]) -> dict[str, Any]:
    notifications = [_notification(note, "note") for note in report.notes]
    if report.status is Status.EMPTY:
        notifications.append(_notification(report_outcome(report), "warning"))
    if cut:
        sentence = (
            f"{len(cut)} results, the least severe, are left out, for code scanning takes no"
            f" larger file: {counted(cut)}."
        )
        notifications.append(_notification(sentence, "error" if cut[0].blocking else "warning"))
    failed = report.status is Status.ERROR or any(
        result.verdict is Verdict.ERROR for result in report.results
    )
    return {
        "executionSuccessful": not failed,
        "exitCode": report.exit_status,
        "exitCodeDescription": report_outcome(report),
        "toolExecutionNotifications": notifications,
    }


def _notification(text: str, level: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": one_line(text)}}
