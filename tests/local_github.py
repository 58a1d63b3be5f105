"""The only GitHub that tests know: a server with a pull request, of which the description of
GitHub's API judges each request and each answer. A script may answer in its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import Any

from policy_gate.publishers.diff import added_lines
from tests.github_description import example, objections
from tests.local_http import Call, Reply, Script, serving

BOT, PERSON = "ghs_installation", "ghp_person"
"""The tokens that it knows: of an app, and of a person."""

REPOSITORY = "octocat/Hello-World"
NUMBER = 7
HEAD = "a" * 40
_USERS = {BOT: ("github-actions[bot]", "Bot"), PERSON: ("octocat", "User")}
_MAX_BODY = 65_536


def refusal(status: int, message: str = "no", **headers: str) -> Reply:
    """An error as GitHub gives it; `retry_after` is the header Retry-After."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(
        status, {"message": message, "documentation_url": "", "status": str(status)}, named
    )


READ_ONLY = refusal(403, "Resource not accessible by integration")


def read_only(call: Call) -> Reply | None:
    """What the token of a fork's pull request meets."""
    return READ_ONLY if call.verb != "GET" else None


@dataclass
class LocalGitHub:
    """The state, which a test may change."""

    url: str = ""
    head: str = HEAD
    """Of the pull request now."""

    patches: dict[str, str] = field(default_factory=dict)
    """The diff of each file of the pull request."""

    comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    review_comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    reviews: list[dict[str, Any]] = field(default_factory=list)
    check_runs: dict[int, dict[str, Any]] = field(default_factory=dict)
    annotations: dict[int, list[Any]] = field(default_factory=dict)
    statuses: list[Any] = field(default_factory=list)
    sarifs: list[Any] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    script: Script = lambda call: None
    objections: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)
    ids: Iterator[int] = field(default_factory=lambda: count(100))

    def bodies(self) -> list[str]:
        return [comment["body"] for comment in self.comments.values()]

    def written(self) -> list[str]:
        """The calls that were to change something, as `POST /issues/7/comments`."""
        return [
            f"{call.verb} {call.path.removeprefix(f'/repos/{REPOSITORY}')}"
            for call in self.calls
            if call.verb != "GET"
        ]

    def add_comment(self, body: str, token: str = BOT) -> dict[str, Any]:
        """One on the pull request, by the owner of a token or a name."""
        comment: dict[str, Any] = example("issue-comment-items")
        comment |= {"id": next(self.ids), "body": body}
        comment["user"] = _user(token)
        self.comments[comment["id"]] = comment
        return comment

    def add_review_comment(self, fields: Mapping[str, Any], token: str = BOT) -> dict[str, Any]:
        comment: dict[str, Any] = example("pull-request-review-comment-items")
        comment |= {
            "id": next(self.ids),
            "line": None,
            "side": "RIGHT",
            **fields,
            "user": _user(token),
        }
        self.review_comments[comment["id"]] = comment
        return comment


def _user(token: str) -> dict[str, Any]:
    user: dict[str, Any] = example("issue-comment-items")["user"]
    login, kind = _USERS.get(token, (token, "User"))
    return user | {"login": login, "type": kind}


_Route = Callable[..., Reply]
_ROUTES: list[tuple[str, re.Pattern[str], _Route]] = []
_BASE = f"/repos/{REPOSITORY}"


def _route(verb: str, pattern: str) -> Callable[[_Route], _Route]:
    def register(answer: _Route) -> _Route:
        _ROUTES.append((verb, re.compile(pattern), answer))
        return answer

    return register


@_route("GET", "/user")
def _get_user(github: LocalGitHub, call: Call, token: str) -> Reply:
    if token == BOT:
        return READ_ONLY
    user = example("private-user-response-with-public-profile-information")
    return Reply(200, user | {"login": _USERS[token][0], "user_view_type": "public"})


@_route("GET", rf"{_BASE}/pulls/{NUMBER}")
def _get_pull(github: LocalGitHub, call: Call, token: str) -> Reply:
    pull = example("pull-request")
    pull["head"]["sha"] = github.head
    for team in pull["requested_teams"]:
        team["type"] = "organization"
    return Reply(200, pull)


@_route("GET", rf"{_BASE}/pulls/{NUMBER}/files")
def _get_files(github: LocalGitHub, call: Call, token: str) -> Reply:
    one = example("diff-entry-items")
    return Reply(200, [one | {"filename": n, "patch": p} for n, p in github.patches.items()])


@_route("GET", rf"{_BASE}/issues/{NUMBER}/comments")
def _list_comments(github: LocalGitHub, call: Call, token: str) -> Reply:
    return Reply(200, list(github.comments.values()))


@_route("POST", rf"{_BASE}/issues/{NUMBER}/comments")
def _add_comment(github: LocalGitHub, call: Call, token: str) -> Reply:
    if len(call.body["body"]) > _MAX_BODY:
        return refusal(422, "Body is too long (maximum is 65536 characters)")
    return Reply(201, github.add_comment(call.body["body"], token))


@_route("PATCH", rf"{_BASE}/issues/comments/(\d+)")
def _edit_comment(github: LocalGitHub, call: Call, token: str, number: str) -> Reply:
    return _edited(github.comments, number, call)


@_route("DELETE", rf"{_BASE}/issues/comments/(\d+)")
def _delete_comment(github: LocalGitHub, call: Call, token: str, number: str) -> Reply:
    return _deleted(github.comments, number)


@_route("GET", rf"{_BASE}/pulls/{NUMBER}/comments")
def _list_review_comments(github: LocalGitHub, call: Call, token: str) -> Reply:
    return Reply(200, list(github.review_comments.values()))


@_route("POST", rf"{_BASE}/pulls/{NUMBER}/comments")
def _add_review_comment(github: LocalGitHub, call: Call, token: str) -> Reply:
    if not _is_in_diff(github, call.body):
        return refusal(422, "Validation Failed")
    fields = {name: value for name, value in call.body.items() if name != "commit_id"}
    return Reply(201, github.add_review_comment(fields, token))


@_route("PATCH", rf"{_BASE}/pulls/comments/(\d+)")
def _edit_review_comment(github: LocalGitHub, call: Call, token: str, number: str) -> Reply:
    return _edited(github.review_comments, number, call)


@_route("DELETE", rf"{_BASE}/pulls/comments/(\d+)")
def _delete_review_comment(github: LocalGitHub, call: Call, token: str, number: str) -> Reply:
    return _deleted(github.review_comments, number)


@_route("POST", rf"{_BASE}/pulls/{NUMBER}/reviews")
def _add_review(github: LocalGitHub, call: Call, token: str) -> Reply:
    if not all(_is_in_diff(github, comment) for comment in call.body["comments"]):
        return refusal(422, "Unprocessable Entity")
    review = example("pull-request-review") | {"id": next(github.ids), "state": "COMMENTED"}
    github.reviews.append(review)
    for comment in call.body["comments"]:
        github.add_review_comment(comment, token)
    return Reply(200, review)


@_route("POST", rf"{_BASE}/check-runs")
def _add_check_run(github: LocalGitHub, call: Call, token: str) -> Reply:
    run = example("check-run-example-of-completed-conclusion") | {"id": next(github.ids)}
    run |= {name: call.body[name] for name in ("name", "head_sha", "status", "conclusion")}
    github.check_runs[run["id"]] = run
    github.annotations[run["id"]] = list(call.body["output"]["annotations"])
    return Reply(201, run)


@_route("PATCH", rf"{_BASE}/check-runs/(\d+)")
def _edit_check_run(github: LocalGitHub, call: Call, token: str, number: str) -> Reply:
    github.annotations[int(number)] += call.body["output"]["annotations"]
    return Reply(200, github.check_runs[int(number)])


@_route("POST", rf"{_BASE}/statuses/([0-9a-f]+)")
def _add_status(github: LocalGitHub, call: Call, token: str, commit: str) -> Reply:
    if len(call.body["description"]) > 140:
        return refusal(422, "Validation Failed")
    github.statuses.append({"commit": commit} | call.body)
    return Reply(201, example("status") | {"state": call.body["state"]})


@_route("POST", rf"{_BASE}/code-scanning/sarifs")
def _add_sarif(github: LocalGitHub, call: Call, token: str) -> Reply:
    github.sarifs.append(call.body)
    return Reply(202, example("code-scanning-sarif-upload"))


def _edited(comments: dict[int, dict[str, Any]], number: str, call: Call) -> Reply:
    comment = comments.get(int(number))
    if comment is None:
        return refusal(404, "Not Found")
    comment["body"] = call.body["body"]
    return Reply(200, comment)


def _deleted(comments: dict[int, dict[str, Any]], number: str) -> Reply:
    return Reply(204) if comments.pop(int(number), None) else refusal(404, "Not Found")


def _is_in_diff(github: LocalGitHub, comment: Mapping[str, Any]) -> bool:
    return comment["line"] in added_lines(github.patches.get(comment["path"], ""))


def _answer(github: LocalGitHub, call: Call) -> Reply:
    if scripted := github.script(call):
        return scripted
    token = call.headers.get("authorization", "").removeprefix("token ")
    if token not in _USERS:
        return refusal(401, "Bad credentials")
    for verb, pattern, route in _ROUTES:
        if verb == call.verb and (found := pattern.fullmatch(call.path)):
            reply = route(github, call, token, *found.groups())
            if isinstance(reply.data, list):
                size, page = int(call.query.get("per_page", 30)), int(call.query.get("page", 1))
                return Reply(reply.status, reply.data[(page - 1) * size : page * size])
            return reply
    return refusal(404, "Not Found")


@contextmanager
def running(**state: Any) -> Iterator[LocalGitHub]:
    """Serves on a free port; at the end the description must have had no objection."""
    github = LocalGitHub(**state)

    def answer(call: Call) -> Reply:
        with github.lock:
            github.calls.append(call)
            reply = _answer(github, call)
            if 200 <= reply.status < 300:
                github.objections += objections(
                    call.verb, call.path, call.raw_body, reply.status, reply.content
                )
        return reply

    with serving(answer) as url:
        github.url = url
        yield github
    assert not github.objections, github.objections[0]
