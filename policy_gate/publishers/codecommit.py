"""CodeCommit, from a build of CodeBuild: the pull request. See docs/codebuild.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from policy_gate.model import GateReport, Status
from policy_gate.publishers.codecommit_job import Job, current_job
from policy_gate.publishers.codecommit_text import comment_text, mark_of
from policy_gate.publishers.interface import PublishSettings
from policy_gate.publishers.parts import RefusalError, publish_parts, sentences

if TYPE_CHECKING:
    from policy_gate.publishers.codecommit_api import CodeCommitApi, Comment, PullRequest

_Part: TypeAlias = "Callable[[CodeCommitApi], None]"


class CodeCommitPublisher:
    """A comment on the pull request; its approval state, and closing it, if asked for."""

    name = "codecommit"

    def publish(self, report: GateReport, settings: PublishSettings) -> list[str]:
        job = current_job()
        parts = _parts(report, settings, job)
        if job.obstacle:
            return sentences(dict.fromkeys(parts, job.obstacle))
        if not parts:
            return []
        return sentences(publish_parts("CodeCommit", parts, lambda: _connect(job)))


PUBLISHER = CodeCommitPublisher()


def _connect(job: Job) -> CodeCommitApi:
    from policy_gate.publishers.codecommit_api import CodeCommitApi

    return CodeCommitApi(job)


def _parts(report: GateReport, settings: PublishSettings, job: Job) -> dict[str, _Part]:
    def comment(api: CodeCommitApi) -> None:
        content = comment_text(report, settings.tag, job.commit, job.build)
        _update_comment(api, _current(api, job), settings.tag, content)

    def approval(api: CodeCommitApi) -> None:
        _set_approval(api, _checked(api, job), report)

    def close(api: CodeCommitApi) -> None:
        # What could not be decided for want of an answer is no reason to end somebody's work.
        if report.status is Status.FAILED:
            api.close(_checked(api, job))

    wanted: dict[str, tuple[bool, _Part]] = {
        "comment": (settings.comment, comment),
        "approval state": (settings.approval, approval),
        "closing": (settings.close_pull_request, close),
    }
    return {name: part for name, (is_wanted, part) in wanted.items() if is_wanted}


def _current(api: CodeCommitApi, job: Job) -> PullRequest:
    """The pull request, which is open and has no newer commit. Raises RefusalError."""
    found = api.pull_request()
    if not found.is_open:
        raise RefusalError("the pull request is closed or merged")
    if job.commit and found.after != job.commit:
        raise RefusalError("the pull request has another commit than this build")
    return found


def _checked(api: CodeCommitApi, job: Job) -> PullRequest:
    """The same, where it is certain that its newest commit is what was checked."""
    if not job.commit:
        raise RefusalError("CODEBUILD_RESOLVED_SOURCE_VERSION does not tell what was checked")
    return _current(api, job)


def _set_approval(api: CodeCommitApi, pull_request: PullRequest, report: GateReport) -> None:
    if report.status is not Status.PASSED:
        api.set_approval(pull_request, "REVOKE")
        return
    if api.caller() == pull_request.author:
        raise RefusalError("nobody approves a pull request of their own: its author runs the build")
    api.set_approval(pull_request, "APPROVE")


def _update_comment(api: CodeCommitApi, pull_request: PullRequest, tag: str, content: str) -> None:
    """Writes the comment of a tag; of several the newest stays. Raises RefusalError."""
    own = _own(api, tag)
    if own and (own[-1].content == content or api.update(own[-1], content)):
        _remove(api, own[:-1])
        return
    api.post(pull_request, content)
    _remove(api, _own(api, tag)[:-1])


def _own(api: CodeCommitApi, tag: str) -> list[Comment]:
    """Ours, the oldest first."""
    found = []
    for comment in api.comments():
        mark = mark_of(comment.content)
        if mark and mark.tag == tag and comment.author == api.caller():
            found.append(comment)
    return sorted(found, key=lambda comment: (comment.created, comment.identifier))


def _remove(api: CodeCommitApi, comments: list[Comment]) -> None:
    for comment in comments:
        api.remove(comment)
