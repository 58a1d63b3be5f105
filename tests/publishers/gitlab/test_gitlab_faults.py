"""What goes wrong on the way to GitLab: docs/gitlab.md has a row for each.

Whatever it is, the exit status and the report are those of the same run without publishing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from policy_gate.model import Coverage, GateReport, Status
from policy_gate.publishers import gitlab_api, parts
from policy_gate.publishers.gitlab import PUBLISHER
from policy_gate.publishers.interface import PublishSettings
from tests.local_gitlab import HEAD, READER, read_only, running
from tests.local_http import Call, Reply
from tests.publishers.abandoned import awaited
from tests.publishers.checkout import BAD, diff_of
from tests.publishers.gitlab.jobs import Job
from tests.publishers.results import failed

NO_JOB_TOKEN = "give the job a project access token with the scope api as GITLAB_TOKEN"


def always(reply: Reply) -> Callable[[Call], Reply | None]:
    return lambda _: reply


def told(job: Job) -> str:
    """What is told on stderr, in one line, where the run is otherwise what it is without it."""
    job.write(BAD)
    silent = job.run("--publish", "none")
    ran = job.run()
    assert (ran.status, ran.out) == (2, silent.out) == (silent.status, silent.out)
    assert ran.err.count("\n") == 1
    assert "Traceback" not in ran.err
    for token in ("glpat-", "glcbt-"):
        assert token not in ran.out + ran.err
    return ran.err


@pytest.mark.parametrize(
    ("token", "says"),
    [
        (None, "note, discussions: GITLAB_TOKEN is not set, and CI_JOB_TOKEN may not write"),
        ("glcbt-64_job", "GITLAB_TOKEN is a CI_JOB_TOKEN, which may not write comments"),
        ("glcbt-64_other", "GITLAB_TOKEN is a CI_JOB_TOKEN, which may not write comments"),
    ],
)
def test_without_a_token_that_may_comment_nothing_is_asked(
    job: Job, token: str | None, says: str
) -> None:
    job.set(GITLAB_TOKEN=token)

    err = told(job)

    assert says in err
    assert NO_JOB_TOKEN in err
    assert job.gitlab.calls == []


def test_a_token_with_other_characters_is_none(job: Job) -> None:
    job.set(GITLAB_TOKEN="glpat-a\nX-Header: b")

    assert "GITLAB_TOKEN is no token" in told(job)
    assert job.gitlab.calls == []


def test_an_expired_token_is_tried_once(job: Job) -> None:
    job.set(GITLAB_TOKEN="glpat-expired")

    err = told(job)

    assert "note, discussions: GITLAB_TOKEN is not valid, or not any more (401: 401 Unauth" in err
    assert len(job.gitlab.calls) == 1


def test_a_token_that_may_only_read_is_told(job: Job) -> None:
    job.set(GITLAB_TOKEN=READER)
    job.gitlab.script = read_only

    err = told(job)

    assert "GITLAB_TOKEN may not do this: it needs the scope api, and its role (403: insuf" in err
    assert job.gitlab.written() == ["POST /notes", "POST /discussions"]


@pytest.mark.parametrize(
    ("reply", "calls", "says"),
    [
        (Reply(500, {"message": "500 Internal Server Error"}), 3, "GitLab is at fault (500: 500 "),
        (Reply(502, text="<html>bad gateway</html>"), 3, "GitLab is at fault (502)"),
        (Reply(429, {"message": "slow"}, {"Retry-After": "0"}), 3, "the rate limit is reached"),
        (Reply(429, {"message": "slow"}, {"Retry-After": "3600"}), 1, "the rate limit is reached"),
        (Reply(0, drops=True), 3, "GitLab cannot be reached (ConnectionError)"),
        (Reply(200, text="no json"), 1, "GitLab gave no JSON"),
        (Reply(200, text="[" * 100_000), 1, "GitLab gave no JSON"),
        (Reply(200, []), 1, "CI_API_V4_URL gives what is no answer of GitLab"),
        (Reply(500, {"message": {"a": ["x\x1b[2J\n##[error]"]}}), 3, "GitLab is at fault"),
    ],
)
def test_what_no_call_can_mend_is_told_once(job: Job, reply: Reply, calls: int, says: str) -> None:
    job.gitlab.script = always(reply)

    err = told(job)

    assert f"note, discussions: {says}" in err
    assert len(job.gitlab.calls) == calls
    assert "\x1b" not in err
    assert "##[" not in err


@pytest.mark.parametrize(
    "reply", [Reply(503), Reply(429, None, {"Retry-After": "0"}), Reply(0, drops=True)]
)
def test_a_fault_that_passes_is_not_told(job: Job, reply: Reply) -> None:
    seen: set[str] = set()

    def once(call: Call) -> Reply | None:
        is_new = call.path not in seen and call.verb == "GET"
        seen.add(call.path)
        return reply if is_new else None

    job.gitlab.script = once
    job.write(BAD)

    assert job.run().err == ""
    assert len(job.gitlab.notes) == 1


def test_a_note_that_was_made_without_an_answer_is_not_made_again(job: Job) -> None:
    def lose(call: Call) -> Reply | None:
        if call.verb == "POST" and call.path.endswith("/notes"):
            job.gitlab.script = lambda _: None
            job.gitlab.add_note(call.body["body"])
            return Reply(0, drops=True)
        return None

    job.gitlab.script = lose
    job.write(BAD)

    assert job.run().err == ""
    assert len(job.gitlab.notes) == 1


def test_a_token_leaves_its_host_by_no_redirect_and_no_link(job: Job) -> None:
    with running() as elsewhere:
        job.gitlab.script = always(Reply(302, None, {"Location": elsewhere.url + "/user"}))

        err = told(job)

        assert "note, discussions: GitLab redirects to another place (302)" in err
        assert elsewhere.calls == []


@pytest.mark.parametrize("state", ["closed", "merged", "locked"])
def test_a_merge_request_that_is_not_open_is_left_alone(job: Job, state: str) -> None:
    job.gitlab.state = state

    assert f"note, discussions: the merge request is {state}" in told(job)
    assert job.gitlab.written() == []


def test_a_merge_request_that_is_gone_is_told(job: Job) -> None:
    job.set(CI_MERGE_REQUEST_IID="8")

    assert "there is no such merge request, or GITLAB_TOKEN may not see it" in told(job)


def test_lines_that_gitlab_refuses_are_counted(job: Job) -> None:
    def refuse(call: Call) -> Reply | None:
        is_discussion = call.verb == "POST" and call.path.endswith("/discussions")
        return Reply(400, {"message": "400 Bad request"}) if is_discussion else None

    job.gitlab.script = refuse

    assert "discussions: GitLab takes no discussion at 1 of 1 lines" in told(job)
    assert len(job.gitlab.notes) == 1


@pytest.mark.parametrize(
    "diff_refs", [None, {}, {"base_sha": 1, "start_sha": "b", "head_sha": "c"}]
)
def test_a_merge_request_without_a_diff_gets_its_note(job: Job, diff_refs: object) -> None:
    def strip(call: Call) -> Reply | None:
        if call.path.endswith("/merge_requests/7"):
            return Reply(200, {"state": "opened", "sha": HEAD, "diff_refs": diff_refs})
        return None

    job.gitlab.script = strip

    assert "discussions: the merge request has no diff yet" in told(job)
    assert len(job.gitlab.notes) == 1


@pytest.mark.parametrize(
    "note",
    [
        {"id": "x/../../1", "body": "BODY", "author": {"id": 1}},
        {"id": None, "body": "BODY", "author": {"id": 1}},
        {"id": 1, "body": 5, "author": []},
        {},
    ],
)
def test_notes_of_another_shape_end_no_run(job: Job, note: dict[str, Any]) -> None:
    if note.get("body") == "BODY":
        note = {**note, "body": f"<!-- policy-gate tag=policy-gate commit={HEAD} -->\n"}

    def shape(call: Call) -> Reply | None:
        is_list = call.verb == "GET" and call.path.endswith("/notes")
        return Reply(200, [note]) if is_list else None

    job.gitlab.script = shape
    job.write(BAD)

    ran = job.run()

    assert ran.status == 2
    assert "Traceback" not in ran.err
    assert all(".." not in call.path for call in job.gitlab.calls)


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"CI_API_V4_URL": "x", "CI_SERVER_URL": "file:///etc"}, "is the URL of a GitLab"),
        ({"CI_API_V4_URL": "https://user:pw@h/api/v4"}, "is the URL of a GitLab"),
        ({"CI_API_V4_URL": "http://h:99999/api/v4"}, "is the URL of a GitLab"),
        ({"CI_COMMIT_SHA": "main"}, "CI_PROJECT_ID or CI_COMMIT_SHA is not set"),
        ({"CI_PROJECT_ID": "../1"}, "CI_PROJECT_ID or CI_COMMIT_SHA is not set"),
    ],
)
def test_an_environment_that_is_no_job_is_told(
    job: Job, variables: dict[str, str], says: str
) -> None:
    job.set(**variables)

    assert says in told(job)
    assert job.gitlab.calls == []


def test_the_address_of_the_server_stands_in_for_that_of_the_api(job: Job) -> None:
    job.set(CI_SERVER_URL=job.gitlab.url.removesuffix("/api/v4"), CI_API_V4_URL="https://h/other")
    job.write(BAD)

    assert job.run().err == ""
    assert len(job.gitlab.notes) == 1


def test_a_gitlab_that_takes_too_long_is_given_up(job: Job) -> None:
    job.patch.setattr(gitlab_api, "DEADLINE", 0.0)
    assert "note, discussions: GitLab takes too long" in told(job)

    job.patch.setattr(gitlab_api, "DEADLINE", 120.0)
    job.patch.setattr(parts, "MAX_SECONDS", 0.0)
    with awaited():
        assert "note, discussions: GitLab takes too long" in told(job)


def test_five_thousand_findings_fit(job: Job) -> None:
    lines = "\n".join("x" * 80 for _ in range(5000))
    job.gitlab.diffs["big.json"] = diff_of(lines)
    results = [failed("big.json", line) for line in range(1, 5001)]
    report = GateReport(Status.FAILED, 2, "embedded", "", Coverage(5000), tuple(results))

    problems = PUBLISHER.publish(report, PublishSettings())

    assert problems == []
    (note,) = job.gitlab.bodies()
    assert len(note) < 101_000
    assert len(job.gitlab.discussions) == 30
