"""What stands beside a commit: a check run with annotations, a status, code scanning alerts.

Sources: https://docs.github.com/en/rest/checks/runs, https://docs.github.com/en/rest/commits/statuses
and https://docs.github.com/en/rest/code-scanning/code-scanning#upload-an-analysis-as-sarif-data
"""

from __future__ import annotations

import base64
import gzip
from typing import Any

from policy_gate.model import GateReport, Status
from policy_gate.publishers.github_api import GitHubApi
from policy_gate.publishers.github_job import Job
from policy_gate.publishers.parts import RefusalError
from policy_gate.publishers.texts import Remark, remarks, report_markdown, sarif_log
from policy_gate.reporters.wording import STATUS_WORDS, coverage_line

BATCH = 50
"""Annotations that a call takes."""

MOST_ANNOTATIONS = 500
"""Annotations of a check run."""

MAX_SUMMARY = 65_535
"""Characters of the summary of a check run."""

_MAX_DESCRIPTION = 140
_MAX_TITLE = 255
_MAX_MESSAGE = 10_000
_LEVELS = {"error": "failure", "warning": "warning", "notice": "notice"}


def make_check_run(api: GitHubApi, job: Job, name: str, report: GateReport) -> None:
    """A completed check run with the most important remarks at their lines. Raises RefusalError."""
    annotations = list(map(_annotation, remarks(report)[:MOST_ANNOTATIONS]))
    summary = report_markdown(report, MAX_SUMMARY)
    output = {"title": _title(report)[:_MAX_TITLE], "summary": summary}
    body: dict[str, Any] = {
        "name": name,
        "head_sha": job.commit,
        "status": "completed",
        "conclusion": _conclusion(report),
        "output": output | {"annotations": annotations[:BATCH]},
    }
    if job.run_url:
        body["details_url"] = job.run_url
    made = api.post("/check-runs", body)
    for start in range(BATCH, len(annotations), BATCH):
        more = output | {"annotations": annotations[start : start + BATCH]}
        api.patch(f"/check-runs/{int(made['id'])}", {"output": more})


def set_status(api: GitHubApi, job: Job, name: str, report: GateReport) -> None:
    """A commit status. Raises RefusalError."""
    states = {0: "success", 2: "failure"}
    body = {
        "state": states.get(report.exit_status, "error"),
        "context": name,
        "description": _title(report)[:_MAX_DESCRIPTION],
    }
    if job.run_url:
        body["target_url"] = job.run_url
    api.post(f"/statuses/{job.commit}", body)


def upload_sarif(api: GitHubApi, job: Job, name: str, report: GateReport) -> None:
    """Code scanning alerts. Raises RefusalError."""
    if not job.ref:
        raise RefusalError("neither the event nor GITHUB_REF names a branch")
    log = sarif_log(report, name)
    packed = base64.b64encode(gzip.compress(log.encode(), mtime=0)).decode("ascii")
    api.post(
        "/code-scanning/sarifs",
        {"commit_sha": job.commit, "ref": job.ref, "sarif": packed, "tool_name": "policy-gate"},
    )


def _conclusion(report: GateReport) -> str:
    if report.exit_status:
        return "failure"
    return "neutral" if report.status is Status.EMPTY else "success"


def _title(report: GateReport) -> str:
    return f"{STATUS_WORDS[report.status]}: {coverage_line(report.coverage)}"


def _annotation(remark: Remark) -> dict[str, Any]:
    return {
        "path": remark.path,
        "start_line": remark.line,
        "end_line": remark.end_line,
        "annotation_level": _LEVELS[remark.level],
        "title": remark.title[:_MAX_TITLE],
        "message": remark.text[:_MAX_MESSAGE] or remark.title,
    }
