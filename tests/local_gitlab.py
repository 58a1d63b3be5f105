"""The only GitLab that tests know: a merge request behind API v4, over HTTP.

It takes what docs.gitlab.com documents and refuses the rest. A script may answer in its place.
Sources: https://docs.gitlab.com/api/notes/, .../discussions/ and .../commits/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import Any

from policy_gate.publishers.diff import added_lines
from tests.local_http import Call, Reply, Script, serving

BOT, PERSON, READER = "glpat-bot", "glpat-person", "glpat-reader"
"""The tokens that it knows; that of the reader has the scope read_api."""

PROJECT, TARGET, NUMBER = "42", "41", "7"
"""The project of the job and that of the merge request, and its number there."""

HEAD, BASE, START = "a" * 40, "b" * 40, "c" * 40
_PREFIX = "/git/api/v4"
"""That of calls, which do not show it."""

_USERS = {BOT: 1, PERSON: 2, READER: 3}
_STATES = ("pending", "running", "success", "failed", "canceled", "skipped")
_SHAS = {"base_sha": BASE, "start_sha": START}


@dataclass
class LocalGitLab:
    """The state, which a test may change."""

    url: str = ""
    state: str = "opened"
    head: str = HEAD
    diffs: dict[str, str] = field(default_factory=dict)
    """The diff of each file of the merge request."""

    renamed: dict[str, str] = field(default_factory=dict)
    """The old path of a file that has another one."""

    notes: dict[int, dict[str, Any]] = field(default_factory=dict)
    discussions: dict[str, dict[str, Any]] = field(default_factory=dict)
    statuses: list[Any] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    script: Script = lambda call: None
    after: Callable[[Call], None] = lambda call: None
    """Is told every call that was answered without a script."""

    lock: Lock = field(default_factory=Lock)
    ids: Iterator[int] = field(default_factory=lambda: count(100))

    def bodies(self) -> list[str]:
        return [note["body"] for note in self.notes.values()]

    def written(self) -> list[str]:
        """The calls that were to change something, as `POST /notes`."""
        base = f"/projects/{TARGET}/merge_requests/{NUMBER}"
        return [
            f"{call.verb} {call.path.removeprefix(base)}"
            for call in self.calls
            if call.verb != "GET"
        ]

    def add_note(self, body: str, token: str = BOT) -> dict[str, Any]:
        identifier = next(self.ids)
        note = {"id": identifier, "body": body, "author": {"id": _USERS[token]}, "system": False}
        self.notes[identifier] = note
        return note

    def first_notes(self) -> list[dict[str, Any]]:
        """The first note of each discussion."""
        return [discussion["notes"][0] for discussion in self.discussions.values()]


def read_only(call: Call) -> Reply | None:
    """What a token with the scope read_api meets."""
    said = {"error": "insufficient_scope", "scope": "api"}
    return Reply(403, said) if call.verb != "GET" else None


@contextmanager
def running() -> Iterator[LocalGitLab]:
    gitlab = LocalGitLab()

    def answer(call: Call) -> Reply:
        call = call._replace(path=call.path.removeprefix(_PREFIX))
        gitlab.calls.append(call)
        reply = gitlab.script(call)
        if reply is None:
            with gitlab.lock:
                reply = _respond(gitlab, call)
            gitlab.after(call)
        return reply

    with serving(answer) as url:
        gitlab.url = url + _PREFIX
        yield gitlab


def _respond(gitlab: LocalGitLab, call: Call) -> Reply:
    user = _USERS.get(call.headers.get("private-token", ""))
    if user is None:
        return Reply(401, {"message": "401 Unauthorized"})
    if call.path == "/user":
        return Reply(200, {"id": user, "username": f"user{user}"})
    if call.path == f"/projects/{PROJECT}/statuses/{HEAD}" and call.verb == "POST":
        return _set_status(gitlab, call.body)
    base = f"/projects/{TARGET}/merge_requests/{NUMBER}"
    if not call.path.startswith(base):
        return Reply(404, {"message": "404 Not found"})
    path = call.path.removeprefix(base)
    if call.verb == "GET":
        return _read(gitlab, path, call.query)
    return _write(gitlab, call, path, user)


def _read(gitlab: LocalGitLab, path: str, query: Mapping[str, str]) -> Reply:
    if not path:
        shas = {**_SHAS, "head_sha": gitlab.head}
        return Reply(200, {"state": gitlab.state, "sha": gitlab.head, "diff_refs": shas})
    diffs = [
        {"new_path": path, "old_path": gitlab.renamed.get(path, path), "diff": diff}
        for path, diff in gitlab.diffs.items()
    ]
    lists: dict[str, list[Any]] = {
        "/diffs": diffs,
        "/notes": [*gitlab.notes.values(), *gitlab.first_notes()],
        "/discussions": list(gitlab.discussions.values()),
    }
    if path not in lists:
        return Reply(404, {"message": "404 Not found"})
    page, per_page = int(query["page"]), int(query["per_page"])
    # Where following it would lead the token.
    headers = {"Link": '<http://127.0.0.1:1/api/v4/next>; rel="next"'}
    return Reply(200, lists[path][(page - 1) * per_page : page * per_page], headers)


def _write(gitlab: LocalGitLab, call: Call, path: str, user: int) -> Reply:
    body = call.body or {}
    if call.verb == "POST" and path == "/notes":
        if not isinstance(body.get("body"), str) or len(body["body"]) > 1_000_000:
            return Reply(400, {"message": {"note": ["is too long"]}})
        token = next(token for token, number in _USERS.items() if number == user)
        return Reply(201, gitlab.add_note(body["body"], token))
    if call.verb == "POST" and path == "/discussions":
        return _begin(gitlab, body, user)
    if found := re.fullmatch(r"/notes/(\d+)", path):
        return _change(gitlab.notes, call, int(found[1]), user)
    found = re.fullmatch(r"/discussions/([0-9a-f]+)(?:/notes/(\d+))?", path)
    if call.verb != "PUT" or not found or found[1] not in gitlab.discussions:
        return Reply(404, {"message": "404 Not found"})
    note = gitlab.discussions[found[1]]["notes"][0]
    if found[2]:
        note["body"] = body["body"]
    else:
        note["resolved"] = body["resolved"]
        note["resolved_by"] = {"id": user} if body["resolved"] else None
    return Reply(200, gitlab.discussions[found[1]])


def _change(notes: dict[int, dict[str, Any]], call: Call, number: int, user: int) -> Reply:
    if number not in notes:
        return Reply(404, {"message": "404 Note Not Found"})
    if notes[number]["author"]["id"] != user:
        return Reply(403, {"message": "403 Forbidden"})
    if call.verb == "DELETE":
        del notes[number]
        return Reply(204)
    notes[number]["body"] = call.body["body"]
    return Reply(200, notes[number])


def _begin(gitlab: LocalGitLab, body: Mapping[str, Any], user: int) -> Reply:
    """As documented: the three commits, both paths, and a line that was added."""
    position = body["position"]
    path = position["new_path"]
    shas = {**_SHAS, "head_sha": gitlab.head}
    is_known = (
        all(position[name] == sha for name, sha in shas.items())
        and position["position_type"] == "text"
        and "old_line" not in position
        and position["old_path"] == gitlab.renamed.get(path, path)
        and position["new_line"] in added_lines(gitlab.diffs.get(path, ""))
    )
    if not is_known:
        said = '400 Bad request - Note {:line_code=>["can\'t be blank"]}'
        return Reply(400, {"message": said})
    number = next(gitlab.ids)
    note = {
        "id": number,
        "type": "DiffNote",
        "body": body["body"],
        "author": {"id": user},
        "position": position,
        "resolvable": True,
        "resolved": False,
        "resolved_by": None,
    }
    name = f"{number:040x}"
    discussion = {"id": name, "individual_note": False, "notes": [note]}
    gitlab.discussions[name] = discussion
    return Reply(201, discussion)


def _set_status(gitlab: LocalGitLab, body: Mapping[str, Any]) -> Reply:
    if body.get("state") not in _STATES or len(body.get("description", "")) > 255:
        return Reply(400, {"error": "state does not have a valid value"})
    gitlab.statuses.append(body)
    return Reply(201, {"id": next(gitlab.ids), **body})
