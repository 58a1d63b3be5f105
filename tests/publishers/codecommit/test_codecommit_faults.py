"""What goes wrong on the way to CodeCommit, and names that want to be more than text.

docs/codebuild.md has a row for each fault. Whatever it is, the exit status and the report are those
of the same run without publishing.
"""

from __future__ import annotations

import json
import re

import pytest

from policy_gate.publishers import parts
from policy_gate.server.wire import Manner, Reply
from tests.command_line import template
from tests.local_codecommit import Call, refusal
from tests.publishers.abandoned import awaited
from tests.publishers.checkout import BAD
from tests.publishers.codecommit.builds import Build


def told(build: Build) -> str:
    """What is told on stderr, in one line, where the run is otherwise what it is without it."""
    build.write(BAD)
    silent = build.run("--publish", "none")
    ran = build.run()
    assert (ran.status, ran.out) == (2, silent.out) == (silent.status, silent.out)
    assert ran.err.count("\n") == 1
    assert "Traceback" not in ran.err
    assert "secret" not in ran.err
    return ran.err


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (refusal("AccessDeniedException"), "Allow codecommit:GetPullRequest on the repository"),
        (refusal("ExpiredTokenException"), "Renew the AWS credentials."),
        (refusal("PullRequestDoesNotExistException"), "Check pullRequestId and the region."),
        (refusal("ThrottlingException"), "Run the gate again later"),
        (refusal("InternalServerException", 500), "Run the gate again later"),
        (Reply(502, b"<html>bad gateway</html>"), "comment: 502"),
        (Reply(200, b"[]"), "This is no answer of CodeCommit"),
        (Reply(200, b"{}"), "This is no answer of CodeCommit"),
        (Reply(200, b"no json"), "This is no answer of CodeCommit"),
        (Reply(200, b"{}", manner=Manner(reset=True)), "Check the network"),
        (Reply(200, b"{}", manner=Manner(cut=True)), "comment: "),
        (refusal("E", message="x\x1b[2J\n##[error]y" * 99), "comment: E: AWS refused GetPull"),
    ],
)
def test_what_codecommit_refuses_is_told_with_what_to_do(
    build: Build, reply: Reply, says: str
) -> None:
    build.codecommit.script = lambda _: reply

    err = told(build)

    assert says in err
    assert "\x1b" not in err
    assert "##[" not in err


@pytest.mark.parametrize("operation", ["GetCommentsForPullRequest", "PostCommentForPullRequest"])
def test_a_role_that_may_not_comment_may_still_approve(build: Build, operation: str) -> None:
    build.publish("{approval: true}")

    def refuse(call: Call) -> Reply | None:
        return refusal("AccessDeniedException") if call.operation == operation else None

    build.codecommit.script = refuse

    assert f"comment: AccessDeniedException: AWS refused {operation}" in told(build)
    assert build.codecommit.approvals == {build.codecommit.revision: "REVOKE"}


@pytest.mark.parametrize("status", ["CLOSED"])
def test_a_pull_request_that_is_not_open_is_left_alone(build: Build, status: str) -> None:
    build.publish("{approval: true, close-pull-request: true}")
    build.codecommit.status = status

    err = told(build)

    assert "comment, approval state, closing: the pull request is closed or merged" in err
    assert build.codecommit.written() == []


def test_a_revision_that_is_overtaken_is_not_approved(build: Build) -> None:
    build.publish("{approval: true, comment: false}")
    build.codecommit.after = lambda call: setattr(build.codecommit, "head", "e" * 40)

    assert "RevisionNotCurrentException" in told(build)
    assert build.codecommit.approvals == {}


def test_without_credentials_the_error_says_so(build: Build) -> None:
    build.set(AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)

    assert "comment: NoCredentialsError" in told(build)


@pytest.mark.parametrize("number", ["0", "x", "1; rm -rf", "../2", "\u0661"])
def test_a_number_that_is_none_reaches_nobody(build: Build, number: str) -> None:
    build.set(pullRequestId=number)

    assert "pullRequestId is not set, or is no number" in told(build)
    assert build.codecommit.calls == []


def test_a_codecommit_that_takes_too_long_is_given_up(build: Build) -> None:
    build.patch.setattr(parts, "MAX_SECONDS", 0.0)

    with awaited():
        assert "comment: CodeCommit takes too long" in told(build)


def test_a_list_of_comments_that_never_ends_ends(build: Build) -> None:
    body = json.dumps({"commentsForPullRequestData": [], "nextToken": "x"}).encode()

    def more(call: Call) -> Reply | None:
        return Reply(200, body) if call.operation == "GetCommentsForPullRequest" else None

    build.codecommit.script = more
    build.write(BAD)

    assert build.run().err == ""
    assert len(build.codecommit.calls) < 100


HOSTILE = {
    "backticks": "a`b``c``` d ````` `",
    "only backticks": "```",
    "html": "<img src=https://evil.example/p.png></code><script>alert(1)</script>",
    "markdown": "**PASSED** [click](https://evil.example) ![x](https://evil.example/p.png)",
    "marker": "[policy-gate]: # (tag=policy-gate)",
    "heading": "x\n### policy-gate: PASSED\n",
    "control": "a\x1b[2J\x00\x07\u202eb\u2028c",
    "surrogate": "a\ud800b",
    "long": "x" * 4000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_stays_text(build: Build, text: str) -> None:
    document = json.loads(template({"Effect": "Allow", "Action": BAD, "Resource": "*"}))
    policy = document["Resources"].pop("Policy")
    policy["Properties"]["PolicyName"] = text
    policy["Properties"]["PolicyDocument"]["Statement"][0]["Sid"] = text
    document["Resources"][text] = policy
    (build.folder / "role.json").write_text(json.dumps(document))

    ran = build.run()

    assert (ran.status, ran.err) == (2, "")
    (content,) = build.codecommit.contents()
    lines = content.split("\n")
    assert [line for line in lines if line.startswith("#")] == ["### policy-gate: FAILED"]
    assert [line for line in lines if line.startswith("[")] == lines[:1]
    plain = "\n".join(re.sub(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", "", line) for line in lines)
    assert not re.search(r"[<`]|evil|PASSED", plain)
    assert "\x1b" not in content
