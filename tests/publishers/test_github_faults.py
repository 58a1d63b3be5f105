"""What goes wrong on the way to GitHub: it is told once, and the verdict stays what it is.

docs/github.md has a row for each test.
"""

from __future__ import annotations

from threading import Event

import pytest

from policy_gate.publishers import github_api
from tests.local_github import BOT, NUMBER, read_only, refusal, running
from tests.local_http import Call, Reply, Script
from tests.publishers.checkout import BAD
from tests.publishers.jobs import Job, event


def always(reply: Reply) -> Script:
    return lambda call: reply


def at_first(times: int, reply: Reply) -> Script:
    left = [reply] * times
    return lambda call: left.pop() if left else None


def told(job: Job) -> str:
    """Runs where the gate fails and where it passes; gives the one warning, the same of both."""
    warnings = set()
    for action, status, verdict in ((BAD, 2, "FAILED"), ("s3:GetObject", 0, "PASSED")):
        job.summary.unlink(missing_ok=True)
        job.write(action)
        ran = job.run()
        assert ran.status == status
        assert verdict in ran.out
        assert verdict in job.summary_text()
        annotations = [line for line in ran.err.splitlines() if line.startswith("::error ")]
        assert len(annotations) == (1 if status else 0)
        others = [line for line in ran.err.splitlines() if not line.startswith("::")]
        assert len(others) == 1
        assert others[0].startswith("policy-gate: warning: not published on github: ")
        assert BOT not in ran.out + ran.err + job.summary_text()
        warnings.add(others[0].removeprefix("policy-gate: warning: not published on github: "))
    [warning] = warnings
    return warning


BOTH = "comment, review comments: "


def test_no_token(job: Job) -> None:
    job.set(GITHUB_TOKEN=None)
    assert told(job).startswith(f"{BOTH}GITHUB_TOKEN is not set")
    assert job.github.calls == []


def test_an_expired_token(job: Job) -> None:
    job.set(GITHUB_TOKEN="ghs_expired")
    assert told(job) == (f"{BOTH}GITHUB_TOKEN is not valid, or not any more (401: Bad credentials)")
    assert len(job.github.calls) == 2


@pytest.mark.parametrize("token", ["two words", "a\nb", "é"])
def test_a_token_that_is_none(job: Job, token: str) -> None:
    job.set(GITHUB_TOKEN=token)
    assert told(job) == f"{BOTH}GITHUB_TOKEN is no token"


def test_a_token_that_may_only_read(job: Job) -> None:
    """As that of a pull request from a fork, whatever permissions the workflow asks for."""
    job.github.script = read_only
    job.write(BAD)
    ran = job.run()
    assert ran.status == 2
    assert f"{BOTH}GITHUB_TOKEN may not do this, as in a pull request of a fork (403: " in ran.err
    assert "::error " in ran.err
    assert "FAILED" in job.summary_text()
    assert len(ran.err.splitlines()) == 2


@pytest.mark.parametrize(
    ("content", "warning"),
    [
        (None, "GITHUB_EVENT_PATH names no file that can be read"),
        ('{"pull_request": {"num', "the event that GITHUB_EVENT_PATH names is no JSON, or cut off"),
        ("[" * 100_000, "the event that GITHUB_EVENT_PATH names is no JSON, or cut off"),
    ],
    ids=["missing", "truncated", "deep"],
)
def test_an_event_that_cannot_be_read(job: Job, content: str | None, warning: str) -> None:
    if content is None:
        job.event_file.unlink()
    else:
        job.event(content)
    assert told(job) == f"{BOTH}{warning}"
    assert job.github.calls == []


@pytest.mark.parametrize(
    "content",
    [
        {"ref": "refs/heads/main"},
        {"schedule": "0 0 * * *"},
        {"issue": {"number": 7, "pull_request": {}}},
        [],
        {"pull_request": None},
        {"pull_request": {"number": "7/../8", "head": {"sha": "a" * 40}}},
        {"pull_request": {"number": 7, "head": {"sha": "main"}}},
        {"pull_request": {"number": True, "head": {"sha": "a" * 40}}},
    ],
)
def test_an_event_about_no_pull_request(job: Job, content: object) -> None:
    job.write(BAD)
    job.event(content)
    ran = job.run()
    assert ran.status == 2
    assert [line[:8] for line in ran.err.splitlines()] == ["::error "]
    assert "FAILED" in job.summary_text()
    assert job.github.calls == []


@pytest.mark.parametrize(
    ("name", "value", "warning"),
    [
        ("GITHUB_API_URL", "ftp://x", "GITHUB_API_URL is not set, or is no URL"),
        ("GITHUB_API_URL", "http://x:99999999", "GITHUB_API_URL is not set, or is no URL"),
        ("GITHUB_REPOSITORY", "../..", "GITHUB_REPOSITORY is not set, or is not of the form"),
        ("GITHUB_REPOSITORY", "a/b/../c", "GITHUB_REPOSITORY is not set, or is not of the form"),
        ("GITHUB_EVENT_PATH", "", "GITHUB_EVENT_PATH names no file that can be read"),
    ],
)
def test_an_environment_that_makes_no_sense(job: Job, name: str, value: str, warning: str) -> None:
    job.set(**{name: value})
    assert told(job).startswith(f"{BOTH}{warning}")
    assert job.github.calls == []


def test_a_pull_request_that_is_gone(job: Job) -> None:
    job.github.script = always(refusal(404, "Not Found"))
    assert told(job) == f"{BOTH}404: Not Found"


def test_a_pull_request_that_is_locked(job: Job) -> None:
    job.github.script = lambda call: (
        refusal(403, "Unable to create comment because issue is locked.")
        if call.verb == "POST"
        else None
    )
    job.write(BAD)
    ran = job.run()
    assert ran.status == 2
    assert "403: Unable to create comment because issue is locked." in ran.err


def test_a_pull_request_that_was_closed_meanwhile_keeps_its_comment_up_to_date(job: Job) -> None:
    """GitHub takes comments on closed pull requests; the state is of no interest."""
    job.event({**event(), "action": "closed"})
    job.write(BAD)
    assert job.run().err == ""
    assert len(job.github.comments) == 1


@pytest.mark.parametrize("status", [403, 429])
def test_a_secondary_rate_limit_that_ends_soon_is_waited_for(job: Job, status: int) -> None:
    limit = refusal(status, "You have exceeded a secondary rate limit.", Retry_After="0")
    job.github.script = at_first(2, limit)
    job.write(BAD)
    ran = job.run()
    assert (ran.status, ran.err) == (2, "")
    assert len(job.github.comments) == 1


@pytest.mark.parametrize(
    "limit",
    [
        refusal(403, "You have exceeded a secondary rate limit.", Retry_After="3600"),
        refusal(403, "You have exceeded a secondary rate limit.", Retry_After="9" * 400),
        refusal(
            403,
            "API rate limit exceeded",
            X_RateLimit_Remaining="0",
            X_RateLimit_Reset="9999999999",
        ),
        refusal(429, "Too many requests", Retry_After="Wed, 21 Oct 2099 07:28:00 GMT"),
    ],
    ids=["secondary", "absurd", "primary", "a date"],
)
def test_a_rate_limit_that_lasts_is_not_waited_for(
    job: Job, limit: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(github_api, "DEADLINE", 30.0)
    job.github.script = always(limit)
    assert told(job).startswith(f"{BOTH}the rate limit is reached ({limit.status}: ")
    assert len(job.github.calls) == 2


@pytest.mark.parametrize("reply", [refusal(502), refusal(500), Reply(0, drops=True)])
def test_a_short_burst_of_server_errors_or_resets_is_survived(job: Job, reply: Reply) -> None:
    job.github.script = at_first(2, reply)
    job.write(BAD)
    ran = job.run()
    assert (ran.status, ran.err) == (2, "")
    assert len(job.github.comments) == 1


@pytest.mark.parametrize(
    ("reply", "warning"),
    [
        (refusal(502, "Server Error"), "GitHub is at fault (502: Server Error)"),
        (Reply(503), "GitHub is at fault (503)"),
        (Reply(0, drops=True), "GitHub cannot be reached at GITHUB_API_URL (ConnectionError)"),
    ],
    ids=["502", "503", "reset"],
)
def test_server_errors_and_resets_without_end(job: Job, reply: Reply, warning: str) -> None:
    job.github.script = always(reply)
    assert told(job) == BOTH + warning
    assert len(job.github.calls) == 6


def test_an_answer_that_is_lost_leaves_one_comment(job: Job) -> None:
    """The comment is made, the answer does not arrive, and so it is made once more."""
    lost = [True]

    def script(call: Call) -> Reply | None:
        if call.verb == "POST" and call.path.endswith(f"/issues/{NUMBER}/comments") and lost:
            lost.clear()
            job.github.add_comment(call.body["body"])
            return Reply(0, drops=True)
        return None

    job.github.script = script
    job.write(BAD)
    assert job.run().err == ""
    assert len(job.github.comments) == 1


def test_nobody_listens(job: Job) -> None:
    with running() as other:
        job.set(GITHUB_API_URL=other.url)
    assert told(job) == f"{BOTH}GitHub cannot be reached at GITHUB_API_URL (ConnectionError)"


def test_a_server_that_does_not_answer(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(github_api, "TIMEOUT", 1)
    monkeypatch.setattr(github_api, "ATTEMPTS", 1)
    ended = Event()

    def script(call: Call) -> Reply | None:
        ended.wait(60)
        return Reply(0, drops=True)

    job.github.script = script
    job.write(BAD)
    try:
        ran = job.run()
    finally:
        ended.set()
    assert ran.status == 2
    assert "cannot be reached at GITHUB_API_URL (ReadTimeout)" in ran.err
    assert "FAILED" in job.summary_text()


def test_a_server_that_never_comes_to_an_end(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policy_gate.publishers.parts.MAX_SECONDS", 0.2)
    ended = Event()

    def script(call: Call) -> Reply | None:
        ended.wait(60)
        return None

    job.github.script = script
    job.write(BAD)
    try:
        ran = job.run()
    finally:
        ended.set()
    assert ran.status == 2
    assert f"{BOTH}GitHub takes too long" in ran.err


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_the_token_does_not_follow_a_redirect_to_another_host(job: Job, status: int) -> None:
    with running() as other:
        elsewhere = other.url.replace("127.0.0.1", "localhost") + "/user"
        job.github.script = always(Reply(status, {}, {"Location": elsewhere}))
        assert told(job).startswith(f"{BOTH}GitHub redirects to another place")
        assert other.calls == []


def test_urls_in_answers_are_not_followed(job: Job) -> None:
    with running() as other:
        comment = job.github.add_comment("<!-- policy-gate tag=policy-gate -->\n")
        comment["url"] = f"{other.url}/x"
        job.write(BAD)
        job.run()
        assert other.calls == []
    assert "FAILED" in comment["body"]


@pytest.mark.parametrize(
    "data", [None, [], {}, "text", [1], [{"id": "x"}], [{"body": 5}], 7, {"message": {"a": 1}}]
)
@pytest.mark.parametrize("status", [200, 201, 404])
def test_answers_of_any_kind(job: Job, status: int, data: object) -> None:
    job.github.script = always(Reply(status, data))
    job.write(BAD)
    ran = job.run()
    job.github.objections.clear()
    assert ran.status == 2
    assert "Traceback" not in ran.err
    assert "FAILED" in job.summary_text()


def test_what_a_server_says_of_the_token_is_not_repeated(job: Job) -> None:
    job.github.script = always(refusal(422, f"bad token {BOT}\n::error::forged"))
    warning = told(job)
    assert "bad token ***" in warning


@pytest.mark.parametrize("name", ["GITHUB_STEP_SUMMARY", "POLICY_GATE_ANNOTATIONS"])
def test_a_file_of_the_job_that_cannot_be_written(job: Job, name: str) -> None:
    job.set(GITHUB_TOKEN=None, **{name: str(job.folder)})
    job.write(BAD)
    ran = job.run()
    assert ran.status == 2
    assert f"{name}: Is a directory" in ran.err


def test_a_summary_that_is_full_already(job: Job) -> None:
    job.summary.write_bytes(b"x" * (1 << 20))
    job.write(BAD)
    ran = job.run()
    assert ran.status == 2
    assert "job summary: the summary of a step has no more room" in ran.err
    assert job.summary.stat().st_size == 1 << 20


def test_annotations_go_to_a_file_where_the_log_is_deaf_to_commands(job: Job) -> None:
    file = job.folder.parent / "commands"
    job.set(GITHUB_TOKEN=None, POLICY_GATE_ANNOTATIONS=str(file))
    job.write(BAD)
    ran = job.run()
    assert "::error " not in ran.err
    command = file.read_text()
    assert command.startswith("::error ")
    assert "file=role.json,line=" in command


def test_a_fault_of_ours_changes_nothing(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> str:
        raise KeyError(BOT)

    monkeypatch.setattr("policy_gate.publishers.texts.report_markdown", broken)
    job.write(BAD)
    ran = job.run()
    assert ran.status == 2
    assert "internal error, please report it: KeyError" in ran.err
    assert BOT not in ran.err


def test_the_report_on_stdout_is_whole_whatever_is_published(job: Job) -> None:
    job.write(BAD)
    job.github.script = always(refusal(500))
    assert job.run("--format", "json").report["status"] == "failed"
