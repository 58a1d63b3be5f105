"""GitLab Code Quality: a JSON array that merge requests show, without any token.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
from typing import TextIO

from policy_gate.model import GateReport, ReasonCode, Severity
from policy_gate.reporters.json_report import guarded
from policy_gate.reporters.problem_list import Problem, list_problems
from policy_gate.reporters.repository import Repository
from policy_gate.reporters.visible import one_line
from policy_gate.reporters.wording import request

_SEVERITIES = {
    Severity.ERROR: "critical",
    Severity.SECURITY_WARNING: "critical",
    Severity.WARNING: "major",
    Severity.SUGGESTION: "minor",
    Severity.NOTE: "info",
}
"""Of what does not block; what does is a `blocker`."""


class CodeQualityReporter:
    """One object for each problem, in the order of the files."""

    name = "codequality"

    def write(self, report: GateReport, stream: TextIO) -> None:
        repository = Repository()
        issues = [_issue(problem, repository) for problem in list_problems(report)]
        stream.write(guarded(json.dumps(issues, indent=2, ensure_ascii=True)) + "\n")


REPORTER = CodeQualityReporter()


def _issue(problem: Problem, repository: Repository) -> dict[str, object]:
    witness = problem.finding.witness if problem.finding else None
    description = one_line(problem.message)
    if witness:
        description += f" Witness: {one_line(request(witness))}"
    if problem.accepted:
        description += f" ({one_line(problem.accepted)})"
    return {
        "description": description,
        "check_name": one_line(problem.code),
        "fingerprint": one_line(problem.fingerprint),
        "severity": _severity(problem),
        "location": {
            "path": one_line(repository.path(problem.file)),
            "lines": {"begin": problem.location.line if problem.location else 1},
        },
    }


def _severity(problem: Problem) -> str:
    if problem.blocking:
        return "blocker"
    if problem.accepted:
        return "info"
    if problem.severity:
        return _SEVERITIES[problem.severity]
    return "info" if problem.result.reason is ReasonCode.DOCUMENT_UNAVAILABLE else "critical"
