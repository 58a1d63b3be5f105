"""The only CodeCommit that tests know: a pull request behind the JSON 1.1 protocol, over HTTP.

The SDK's own description of the service judges each request and each answer. A script may answer in
its place. Source: https://docs.aws.amazon.com/codecommit/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from itertools import count
from typing import Any, NamedTuple

from botocore.session import Session
from botocore.validate import ParamValidator

from policy_gate.server.wire import Reply, Request
from tests.local_aws import serving

NUMBER, REPOSITORY = "12", "iam-policies"
HEAD, BASE = "a" * 40, "b" * 40
ROLE = "arn:aws:sts::111122223333:assumed-role/gate-build"
CALLER = f"{ROLE}/AWSCodeBuild-1"
AUTHOR = "arn:aws:iam::111122223333:user/ana"
MAX_CONTENT = 10_240
PAGE = 2
"""Comments of a page: few, so that there are several."""


class Call(NamedTuple):
    operation: str
    body: Any


Script = Callable[[Call], Reply | None]


class RefusedError(Exception):
    """An error as the service gives it: its code."""


@cache
def _model() -> Any:
    return Session().get_service_model("codecommit")


@dataclass
class LocalCodeCommit:
    """The state, which a test may change."""

    url: str = ""
    status: str = "OPEN"
    head: str = HEAD
    author: str = AUTHOR
    caller: str = CALLER
    approvals: dict[str, str] = field(default_factory=dict)
    """The state by revision and user."""

    comments: dict[str, dict[str, Any]] = field(default_factory=dict)
    at_lines: set[str] = field(default_factory=set)
    """The comments that stand at a line."""

    calls: list[Call] = field(default_factory=list)
    objections: list[str] = field(default_factory=list)
    """What the description of the service has against requests and answers."""

    script: Script = lambda call: None
    after: Callable[[Call], None] = lambda call: None
    ids: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def revision(self) -> str:
        return f"revision-of-{self.head[:8]}"

    def contents(self) -> list[str]:
        """Of the comments that are not deleted."""
        return [item["content"] for item in self.comments.values() if not item["deleted"]]

    def written(self) -> list[str]:
        return [call.operation for call in self.calls if not call.operation.startswith("Get")]

    def add_comment(self, content: str, author: str = CALLER, **members: Any) -> dict[str, Any]:
        number = next(self.ids)
        comment = {
            "commentId": f"{number:08x}:comment",
            "content": content,
            "authorArn": author,
            "creationDate": datetime.fromtimestamp(1_700_000_000 + number, UTC),
            "lastModifiedDate": datetime.fromtimestamp(1_700_000_000 + number, UTC),
            "deleted": False,
            **members,
        }
        self.comments[comment["commentId"]] = comment
        return comment


@contextmanager
def running() -> Iterator[LocalCodeCommit]:
    state = LocalCodeCommit()

    def respond(request: Request) -> Reply:
        target = request.headers.get("X-Amz-Target", "")
        if not target:
            return _identity(state)
        call = Call(target.removeprefix("CodeCommit_20150413."), json.loads(request.body))
        state.calls.append(call)
        _judge(state, f"{call.operation} request", call.body, "input_shape", call.operation)
        scripted = state.script(call)
        if scripted is not None:
            return scripted
        try:
            answer = OPERATIONS[call.operation](state, call.body)
        except RefusedError as error:
            return refusal(str(error))
        _judge(state, f"{call.operation} answer", answer, "output_shape", call.operation)
        state.after(call)
        return Reply(
            200, json.dumps(answer, default=_seconds).encode(), None, "application/x-amz-json-1.1"
        )

    with serving(respond) as url:
        state.url = url
        yield state
    assert state.objections == []


def refusal(code: str, status: int = 400, message: str = "no") -> Reply:
    body = json.dumps({"__type": code, "message": message}).encode()
    return Reply(status, body, None, "application/x-amz-json-1.1")


def _judge(state: LocalCodeCommit, what: str, value: Any, shape_name: str, operation: str) -> None:
    shape = getattr(_model().operation_model(operation), shape_name)
    if shape is None:
        return
    report = ParamValidator().validate(value, shape)
    unknown = set(value) - set(shape.members)
    if report.has_errors() or unknown:
        state.objections.append(f"{what}: {report.generate_report()} {unknown or ''}")


def _seconds(moment: datetime) -> float:
    return moment.timestamp()


def _identity(state: LocalCodeCommit) -> Reply:
    text = (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
        f"<GetCallerIdentityResult><Arn>{state.caller}</Arn></GetCallerIdentityResult>"
        "</GetCallerIdentityResponse>"
    )
    return Reply(200, text.encode(), None, "text/xml")


def _pull_request(state: LocalCodeCommit, body: Mapping[str, Any]) -> dict[str, Any]:
    if body["pullRequestId"] != NUMBER:
        raise RefusedError("PullRequestDoesNotExistException")
    target = {
        "repositoryName": REPOSITORY,
        "sourceCommit": state.head,
        "destinationCommit": BASE,
        "mergeMetadata": {"isMerged": False},
    }
    return {
        "pullRequestId": NUMBER,
        "pullRequestStatus": state.status,
        "authorArn": state.author,
        "revisionId": state.revision,
        "pullRequestTargets": [target],
    }


def _get(state: LocalCodeCommit, body: Mapping[str, Any]) -> dict[str, Any]:
    return {"pullRequest": _pull_request(state, body)}


def _comments(state: LocalCodeCommit, body: Mapping[str, Any]) -> dict[str, Any]:
    _pull_request(state, body)
    start = int(body.get("nextToken", "0"))
    page = list(state.comments.values())[start : start + PAGE]
    place = {"filePath": "a", "filePosition": 1, "relativeFileVersion": "AFTER"}
    groups = [
        {
            "pullRequestId": NUMBER,
            "repositoryName": REPOSITORY,
            "comments": [{key: value for key, value in item.items() if value is not None}],
            **({"location": place} if item["commentId"] in state.at_lines else {}),
        }
        for item in page
    ]
    more = {"nextToken": str(start + PAGE)} if start + PAGE < len(state.comments) else {}
    return {"commentsForPullRequestData": groups, **more}


def _post(state: LocalCodeCommit, body: Mapping[str, Any]) -> dict[str, Any]:
    _pull_request(state, body)
    if body["repositoryName"] != REPOSITORY:
        raise RefusedError("RepositoryNotAssociatedWithPullRequestException")
    if len(body["content"]) > MAX_CONTENT:
        raise RefusedError("CommentContentSizeLimitExceededException")
    return {"comment": state.add_comment(body["content"], state.caller)}


def _own(state: LocalCodeCommit, body: Mapping[str, Any]) -> dict[str, Any]:
    comment = state.comments.get(body["commentId"])
    if comment is None:
        raise RefusedError("CommentDoesNotExistException")
    if comment["deleted"]:
        raise RefusedError("CommentDeletedException")
    return comment


def _update(state: LocalCodeCommit, body: Mapping[str, Any]) -> dict[str, Any]:
    comment = _own(state, body)
    if comment["authorArn"] != state.caller:
        raise RefusedError("CommentNotCreatedByCallerException")
    if len(body["content"]) > MAX_CONTENT:
        raise RefusedError("CommentContentSizeLimitExceededException")
    comment["content"] = body["content"]
    return {"comment": comment}


def _delete(state: LocalCodeCommit, body: Mapping[str, Any]) -> dict[str, Any]:
    comment = _own(state, body)
    comment |= {"deleted": True, "content": ""}
    return {"comment": comment}


def _approve(state: LocalCodeCommit, body: Mapping[str, Any]) -> dict[str, Any]:
    _open(state, body)
    if body["revisionId"] != state.revision:
        raise RefusedError("RevisionNotCurrentException")
    if state.caller == state.author:
        raise RefusedError("PullRequestCannotBeApprovedByAuthorException")
    state.approvals[body["revisionId"]] = body["approvalState"]
    return {}


def _close(state: LocalCodeCommit, body: Mapping[str, Any]) -> dict[str, Any]:
    _open(state, body)
    state.status = body["pullRequestStatus"]
    return {"pullRequest": _pull_request(state, body)}


def _open(state: LocalCodeCommit, body: Mapping[str, Any]) -> None:
    _pull_request(state, body)
    if state.status != "OPEN":
        raise RefusedError("PullRequestAlreadyClosedException")


OPERATIONS: dict[str, Callable[[LocalCodeCommit, Mapping[str, Any]], dict[str, Any]]] = {
    "GetPullRequest": _get,
    "GetCommentsForPullRequest": _comments,
    "PostCommentForPullRequest": _post,
    "UpdateComment": _update,
    "DeleteCommentContent": _delete,
    "UpdatePullRequestApprovalState": _approve,
    "UpdatePullRequestStatus": _close,
}
