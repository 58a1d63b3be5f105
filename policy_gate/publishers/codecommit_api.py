"""The calls of CodeCommit that publishing needs, bounded in number, through the AWS SDK.

Source: https://docs.aws.amazon.com/codecommit/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Literal, NamedTuple

from policy_gate.analyzers.aws_client import Connection
from policy_gate.analyzers.aws_errors import OF_THE_RUN, sdk_errors
from policy_gate.analyzers.interface import AnalyzerError
from policy_gate.publishers.codecommit_job import Job
from policy_gate.publishers.parts import RefusalError

MOST_PAGES = 30
"""Pages of comments of a pull request, of 100 each."""

_ALLOW = "Allow codecommit:{operation} on the repository for the role of the build."
_ADVICE = {
    "AccessDenied": "Allow sts:{operation} for the role of the build.",
    "AccessDeniedException": _ALLOW,
    "CommentNotCreatedByCallerException": "A session of another name wrote it.",
    "NoCredentialsError": "Give the job AWS credentials.",
    "NoRegionError": "Set AWS_REGION.",
    "PullRequestCannotBeApprovedByAuthorException": "Let another role run the build.",
    "PullRequestDoesNotExistException": "Check pullRequestId and the region.",
    "RevisionNotCurrentException": "The build of the newer commit decides.",
}
_DELETED = ("CommentDeletedException", "CommentDoesNotExistException")
_ASSUMED = re.compile(r"(arn:[\w-]+:sts::\d{12}:assumed-role/[^/]+)/.+", re.ASCII)


class PullRequest(NamedTuple):
    identifier: str
    revision: str
    author: str
    """Who opened it, without the name of a session."""

    is_open: bool
    repository: str
    before: str
    """The commit of the destination branch, which the change is compared with."""

    after: str
    """The newest commit of the source branch."""


class Comment(NamedTuple):
    identifier: str
    content: str
    author: str
    """Without the name of a session."""

    created: float
    """Seconds since 1970."""


class CodeCommitApi:
    """The pull request of a job. Every method raises RefusalError."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._connection = Connection()
        self._caller = ""

    def pull_request(self) -> PullRequest:
        with _refusals():
            found = self._codecommit.get_pull_request(pullRequestId=self._job.pull_request)[
                "pullRequest"
            ]
            names = {target["repositoryName"]: target for target in found["pullRequestTargets"]}
            target = names.get(self._job.repository) or next(iter(names.values()), None)
            if target is None:
                raise RefusalError("the pull request has no target")
            return PullRequest(
                self._job.pull_request,
                found["revisionId"],
                without_session(found["authorArn"]),
                found["pullRequestStatus"] == "OPEN",
                target["repositoryName"],
                target["destinationCommit"],
                target["sourceCommit"],
            )

    def caller(self) -> str:
        """Whose credentials these are, without the name of a session."""
        if not self._caller:
            with _refusals():
                sts = self._connection.client("sts")
                self._caller = without_session(sts.get_caller_identity()["Arn"])
        return self._caller

    def comments(self) -> list[Comment]:
        """Those on the pull request as a whole, on whatever commits they were made."""
        found: list[Comment] = []
        token: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            with _refusals():
                page = self._codecommit.get_comments_for_pull_request(
                    pullRequestId=self._job.pull_request, maxResults=100, **token
                )
                for group in page["commentsForPullRequestData"]:
                    found += _written(group)
            if not page.get("nextToken"):
                break
            token = {"nextToken": page["nextToken"]}
        return found

    def post(self, pull_request: PullRequest, content: str) -> None:
        """A new comment on the pull request as a whole."""
        with _refusals():
            self._codecommit.post_comment_for_pull_request(
                pullRequestId=pull_request.identifier,
                repositoryName=pull_request.repository,
                beforeCommitId=pull_request.before,
                afterCommitId=pull_request.after,
                content=content,
            )

    def update(self, comment: Comment, content: str) -> bool:
        """False where it is deleted meanwhile, or CodeCommit takes it for another's."""
        try:
            with _refusals():
                self._codecommit.update_comment(commentId=comment.identifier, content=content)
        except _CodeError as refusal:
            if refusal.code in (*_DELETED, "CommentNotCreatedByCallerException"):
                return False
            raise
        return True

    def remove(self, comment: Comment) -> None:
        """Empties what may be deleted already."""
        try:
            with _refusals():
                self._codecommit.delete_comment_content(commentId=comment.identifier)
        except _CodeError as refusal:
            if refusal.code not in _DELETED:
                raise

    def set_approval(self, pull_request: PullRequest, state: Literal["APPROVE", "REVOKE"]) -> None:
        with _refusals():
            self._codecommit.update_pull_request_approval_state(
                pullRequestId=pull_request.identifier,
                revisionId=pull_request.revision,
                approvalState=state,
            )

    def close(self, pull_request: PullRequest) -> None:
        """It cannot be opened again."""
        with _refusals():
            self._codecommit.update_pull_request_status(
                pullRequestId=pull_request.identifier, pullRequestStatus="CLOSED"
            )

    @cached_property
    def _codecommit(self) -> Any:
        return self._connection.client("codecommit")


class _CodeError(RefusalError):
    """With the error code of the service."""

    def __init__(self, error: AnalyzerError) -> None:
        super().__init__(str(error), is_final=error.code in OF_THE_RUN)
        self.code = error.code


@contextmanager
def _refusals() -> Iterator[None]:
    """Raises RefusalError for all that the SDK raises, and for answers of another shape."""
    try:
        with sdk_errors("CodeCommit", _ADVICE):
            yield
    except AnalyzerError as error:
        raise _CodeError(error) from error


def without_session(arn: str) -> str:
    """The ARN of a user, or of a role whatever its session is called: each build has another."""
    found = _ASSUMED.fullmatch(arn)
    return found[1] if found else arn


def _written(group: dict[str, Any]) -> Iterator[Comment]:
    """Neither replies nor comments at lines."""
    if group.get("location"):
        return
    for comment in group.get("comments", []):
        if comment.get("content") and not comment.get("deleted") and not comment.get("inReplyTo"):
            yield Comment(
                comment["commentId"],
                comment["content"],
                without_session(comment.get("authorArn", "")),
                comment["creationDate"].timestamp(),
            )
