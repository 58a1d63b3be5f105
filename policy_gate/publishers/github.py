"""GitHub: the pull request, the commit, and the job itself. See docs/github.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from policy_gate.model import GateReport, Status
from policy_gate.publishers import texts
from policy_gate.publishers.github_job import Job, current_job
from policy_gate.publishers.github_runner import (
    SUMMARY_CHARACTERS,
    write_annotations,
    write_summary,
)
from policy_gate.publishers.interface import PublishSettings
from policy_gate.publishers.parts import publish_parts, sentences
from policy_gate.reporters.annotations import workflow_commands

if TYPE_CHECKING:
    from policy_gate.publishers.github_api import GitHubApi

_MARKER_ROOM = 300
"""Characters that a marker takes at most."""


class _Part(NamedTuple):
    """One thing to publish by calls."""

    name: str
    is_wanted: bool
    in_pull_request: bool
    """Is it about a pull request, or only about a commit?"""

    at_lines: bool
    """Does it show findings where they stand?"""

    publish: Callable[[GitHubApi], None]


class GitHubPublisher:
    """Publishes by calls what is wanted, and always the job summary.

    Annotations of the job are for where nothing else shows the findings at their lines.
    """

    name = "github"

    def publish(self, report: GateReport, settings: PublishSettings) -> list[str]:
        job = current_job()
        may_be_one = job.pull_request is not None or not job.knows_event
        parts = [
            part
            for part in _parts(report, settings, job)
            if part.is_wanted and (may_be_one or not part.in_pull_request)
        ]
        refused = _publish(parts, job)
        text = texts.report_markdown(report, SUMMARY_CHARACTERS, settings.template)
        if problem := write_summary(text):
            refused["job summary"] = problem
        if refused or not any(part.at_lines for part in parts):
            problem = write_annotations(workflow_commands(report))
            if problem:
                refused["annotations"] = problem
        return sentences(refused)


PUBLISHER = GitHubPublisher()


def _parts(report: GateReport, settings: PublishSettings, job: Job) -> tuple[_Part, ...]:
    def comment(api: GitHubApi) -> None:
        from policy_gate.publishers.github_comment import MAX_COMMENT, update_comment

        footer = _footer(job)
        most = MAX_COMMENT - _MARKER_ROOM - len(footer)
        text = texts.report_markdown(report, most, settings.template)
        update_comment(api, job, settings.tag, text + footer)

    def review_comments(api: GitHubApi) -> None:
        from policy_gate.publishers.github_review import update_review_comments

        # What an error kept from being answered is not resolved.
        removes = report.status is not Status.ERROR
        update_review_comments(api, job, settings.tag, texts.remarks(report), removes=removes)

    def check_run(api: GitHubApi) -> None:
        from policy_gate.publishers.github_checks import make_check_run

        make_check_run(api, job, settings.name, report)

    def commit_status(api: GitHubApi) -> None:
        from policy_gate.publishers.github_checks import set_status

        set_status(api, job, settings.name, report)

    def sarif(api: GitHubApi) -> None:
        from policy_gate.publishers.github_checks import upload_sarif

        upload_sarif(api, job, settings.name, report)

    return (
        _Part("comment", settings.comment, True, False, comment),
        _Part("review comments", settings.review_comments, True, True, review_comments),
        _Part("check run", settings.check_run, False, True, check_run),
        _Part("commit status", settings.commit_status, False, False, commit_status),
        _Part("SARIF", settings.sarif, False, False, sarif),
    )


def _footer(job: Job) -> str:
    link = f" [The job]({job.run_url}) has the whole report." if job.run_url else ""
    return f"\n<sub>About commit {job.commit[:12]}.{link}</sub>\n"


def _publish(parts: Sequence[_Part], job: Job) -> dict[str, str]:
    """What could not be published, and why."""
    if not parts or job.obstacle:
        return dict.fromkeys((part.name for part in parts), job.obstacle)
    calls = {part.name: part.publish for part in parts}
    return publish_parts("GitHub", calls, lambda: _connect(job))


def _connect(job: Job) -> GitHubApi:
    from policy_gate.publishers.github_api import GitHubApi

    return GitHubApi(job)
