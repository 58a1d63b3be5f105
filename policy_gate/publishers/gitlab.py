"""GitLab: the merge request and the commit. See docs/gitlab.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from policy_gate.model import GateReport, Status
from policy_gate.publishers import texts
from policy_gate.publishers.gitlab_job import Job, current_job
from policy_gate.publishers.interface import PublishSettings
from policy_gate.publishers.parts import publish_parts, sentences
from policy_gate.reporters.wording import STATUS_WORDS, coverage_line

if TYPE_CHECKING:
    from policy_gate.publishers.gitlab_api import GitLabApi

MAX_NOTE = 100_000
"""Characters of a note; GitLab takes ten times as many, but nobody reads them."""

_MAX_DESCRIPTION = 255
_Part: TypeAlias = "Callable[[GitLabApi], None]"


class GitLabPublisher:
    """A note and discussions where the pipeline is one of a merge request, a status anywhere."""

    name = "gitlab"

    def publish(self, report: GateReport, settings: PublishSettings) -> list[str]:
        job = current_job()
        parts = _parts(report, settings, job)
        if not parts:
            return []
        if job.obstacle:
            return sentences(dict.fromkeys(parts, job.obstacle))
        return sentences(publish_parts("GitLab", parts, lambda: _connect(job)))


PUBLISHER = GitLabPublisher()


def _connect(job: Job) -> GitLabApi:
    from policy_gate.publishers.gitlab_api import GitLabApi

    return GitLabApi(job)


def _parts(report: GateReport, settings: PublishSettings, job: Job) -> dict[str, _Part]:
    def note(api: GitLabApi) -> None:
        from policy_gate.publishers.gitlab_note import update_note

        footer = _footer(job)
        text = texts.report_markdown(report, MAX_NOTE - len(footer), settings.template)
        update_note(api, job, settings.tag, text + footer)

    def discussions(api: GitLabApi) -> None:
        from policy_gate.publishers.gitlab_discussions import update_discussions

        # What an error kept from being answered is not fixed.
        resolves = report.status is not Status.ERROR
        update_discussions(api, job, settings.tag, texts.remarks(report), resolves=resolves)

    def commit_status(api: GitLabApi) -> None:
        title = f"{STATUS_WORDS[report.status]}: {coverage_line(report.coverage)}"
        state = "failed" if report.exit_status else "success"
        status = {"state": state, "name": settings.name, "description": title[:_MAX_DESCRIPTION]}
        if job.pipeline:
            status["pipeline_id"] = job.pipeline
        if job.job_url:
            status["target_url"] = job.job_url
        api.set_status(status)

    is_merge_request = bool(job.merge_request)
    wanted: dict[str, tuple[bool, _Part]] = {
        "note": (settings.comment and is_merge_request, note),
        "discussions": (settings.review_comments and is_merge_request, discussions),
        "commit status": (settings.commit_status, commit_status),
    }
    return {name: part for name, (is_wanted, part) in wanted.items() if is_wanted}


def _footer(job: Job) -> str:
    link = f" [The job]({job.job_url}) has the whole report." if job.job_url else ""
    return f"\n<sub>About commit {job.head[:12]}.{link}</sub>\n"
