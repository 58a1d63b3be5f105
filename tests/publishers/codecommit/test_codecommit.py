"""What appears on a pull request of CodeCommit, and what decides about it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from policy_gate.model import Coverage, GateReport, Status
from policy_gate.publishers.codecommit import PUBLISHER
from policy_gate.publishers.interface import PublishSettings
from tests.local_codecommit import AUTHOR, HEAD, MAX_CONTENT, OPERATIONS, ROLE, Call
from tests.publishers.checkout import BAD
from tests.publishers.codecommit.builds import Build
from tests.publishers.results import failed

NEXT = "d" * 40
COMMENTING = set(OPERATIONS) - {"UpdatePullRequestApprovalState", "UpdatePullRequestStatus"}
MARK = f"[policy-gate]: # (tag=policy-gate commit={HEAD})"


def push(build: Build) -> None:
    build.codecommit.head = NEXT
    build.set(CODEBUILD_RESOLVED_SOURCE_VERSION=NEXT)


def test_a_comment_says_what_blocks_and_where(build: Build) -> None:
    build.write("s3:GetObject", BAD)

    ran = build.run()

    assert (ran.status, ran.err) == (2, "")
    (content,) = build.codecommit.contents()
    assert content.startswith(f"{MARK}\n\n### policy-gate: FAILED\n")
    assert "- **Blocks** at `role.json:" in content
    assert "`CHECK_ACCESS_NOT_GRANTED`" in content
    assert "`gate:0a1b2c3d-0000-4000-8000-000000000000` has the whole report" in content
    assert "<" not in content
    assert build.codecommit.written() == ["PostCommentForPullRequest"]


def test_the_comment_is_updated_in_place(build: Build) -> None:
    build.write(BAD)
    build.run()
    push(build)
    build.write("s3:GetObject")

    ran = build.run()

    assert (ran.status, ran.err) == (0, "")
    (content,) = build.codecommit.contents()
    assert "### policy-gate: PASSED" in content
    assert len(build.codecommit.comments) == 1


def test_a_comment_of_another_session_of_the_role_is_replaced(build: Build) -> None:
    build.write(BAD)
    build.run()
    build.codecommit.caller = f"{ROLE}/AWSCodeBuild-2"
    push(build)
    build.write("s3:GetObject")

    ran = build.run()

    assert ran.err == ""
    (content,) = build.codecommit.contents()
    assert "PASSED" in content
    assert build.codecommit.written()[1:] == [
        "UpdateComment",
        "PostCommentForPullRequest",
        "DeleteCommentContent",
    ]


def test_the_same_report_writes_nothing_again(build: Build) -> None:
    build.write(BAD)
    build.run()
    build.run()

    assert build.codecommit.written() == ["PostCommentForPullRequest"]


def test_only_a_comment_of_our_own_is_ours(build: Build) -> None:
    forged = f"{MARK}\n\nPASSED"
    comments = build.codecommit
    comments.add_comment(forged, AUTHOR)
    comments.add_comment(forged, ROLE.replace("gate-build", "gate-builder") + "/s")
    comments.add_comment(f"look:\n{forged}")
    comments.add_comment(forged, inReplyTo="0:comment")
    comments.at_lines.add(comments.add_comment(forged)["commentId"])
    build.write(BAD)

    assert build.run().err == ""
    assert build.run().err == ""

    assert len(comments.contents()) == 6
    assert comments.written() == ["PostCommentForPullRequest"]


def test_builds_with_tags_of_their_own_do_not_overwrite_each_other(build: Build) -> None:
    build.write(BAD)
    build.run()
    build.run("--publish-tag", "network")

    assert len(build.codecommit.contents()) == 2


def test_a_comment_that_somebody_deleted_is_made_again(build: Build) -> None:
    build.write(BAD)
    build.run()
    for comment in build.codecommit.comments.values():
        comment |= {"deleted": True, "content": ""}

    assert build.run().err == ""
    assert len(build.codecommit.contents()) == 1


def test_of_two_runs_at_once_one_comment_stays(build: Build) -> None:
    build.write(BAD)

    def other_run(call: Call) -> None:
        if call.operation == "GetCommentsForPullRequest":
            build.codecommit.after = lambda _: None
            build.codecommit.add_comment(f"{MARK}\n\nof the other run")

    build.codecommit.after = other_run

    assert build.run().err == ""
    (content,) = build.codecommit.contents()
    assert "FAILED" in content


def test_without_being_asked_nothing_is_approved_or_closed(build: Build) -> None:
    build.write("s3:GetObject")
    build.run()
    build.write(BAD)
    build.run()

    assert build.codecommit.approvals == {}
    assert build.codecommit.status == "OPEN"


def test_if_asked_what_passed_is_approved_and_what_failed_is_not_any_more(build: Build) -> None:
    build.publish("{approval: true}")
    build.write("s3:GetObject")
    assert build.run().err == ""
    assert build.codecommit.approvals == {build.codecommit.revision: "APPROVE"}
    build.write(BAD)

    assert build.run().err == ""

    assert build.codecommit.approvals == {build.codecommit.revision: "REVOKE"}


def test_what_could_not_be_checked_is_not_approved(build: Build) -> None:
    build.publish("{approval: true}")
    (build.folder / "nothing.txt").write_text("")

    assert build.run("--allow-empty").status == 0
    assert build.codecommit.approvals == {build.codecommit.revision: "REVOKE"}


def test_a_pull_request_of_the_role_itself_is_not_approved(build: Build) -> None:
    build.publish("{approval: true}")
    build.codecommit.author = f"{ROLE}/another-session"
    build.write("s3:GetObject")

    ran = build.run()

    assert ran.status == 0
    assert "approval state: nobody approves a pull request of their own" in ran.err
    assert build.codecommit.approvals == {}


def test_a_commit_that_was_not_checked_is_neither_approved_nor_closed(build: Build) -> None:
    build.publish("{approval: true, close-pull-request: true}")
    build.write("s3:GetObject")
    build.codecommit.head = NEXT
    assert "comment, approval state: the pull request has another commit" in build.run().err
    build.codecommit.head = HEAD
    build.set(CODEBUILD_RESOLVED_SOURCE_VERSION="refs/heads/main")
    build.write(BAD)

    ran = build.run()

    assert ran.status == 2
    assert "approval state, closing: CODEBUILD_RESOLVED_SOURCE_VERSION does not tell" in ran.err
    assert build.codecommit.approvals == {}
    assert build.codecommit.status == "OPEN"
    assert len(build.codecommit.contents()) == 1


def test_what_failed_is_closed_if_asked_for_after_the_comment(build: Build) -> None:
    build.publish("{close-pull-request: true}")
    build.write("s3:GetObject")
    build.run()
    assert build.codecommit.status == "OPEN"
    build.write(BAD)

    ran = build.run()

    assert (ran.status, ran.err) == (2, "")
    assert build.codecommit.status == "CLOSED"
    assert build.codecommit.written()[-2:] == ["UpdateComment", "UpdatePullRequestStatus"]


def test_an_error_closes_nothing(build: Build) -> None:
    build.publish("{close-pull-request: true}")
    build.write("s3:GetObject")

    assert build.run("no-such-file").status == 1
    assert build.codecommit.status == "OPEN"


def test_a_comment_has_room_for_ten_thousand_characters_and_counts_the_rest(build: Build) -> None:
    results = [failed(f"ü{'x' * 60}.json", line) for line in range(1, 5001)]
    report = GateReport(Status.FAILED, 2, "embedded", "", Coverage(5000), tuple(results))

    assert PUBLISHER.publish(report, PublishSettings()) == []

    (content,) = build.codecommit.contents()
    assert MAX_CONTENT - 1000 < len(content.encode()) <= MAX_CONTENT
    assert "more problems not shown." in content


def test_a_build_that_is_for_no_pull_request_publishes_nothing(build: Build) -> None:
    build.set(pullRequestId=None)
    build.write(BAD)

    assert build.run().err == ""
    assert "pullRequestId is not set" in build.run("--publish", "codecommit").err
    assert build.codecommit.calls == []


def test_the_pages_name_the_permissions_of_each_call() -> None:
    docs = Path(__file__).parents[3] / "docs"
    needed = {f"codecommit:{operation}" for operation in OPERATIONS}
    for page in ("aws.md", "codebuild.md"):
        assert set(re.findall(r"`(codecommit:\w+)`", (docs / page).read_text())) == needed
    blocks = re.findall(r"```json\n(.*?)```", (docs / "codebuild.md").read_text(), re.DOTALL)
    rule, transformer, policy = map(json.loads, blocks)
    assert rule["source"] == ["aws.codecommit"]
    started = json.loads(transformer["inputTemplate"])
    assert started["environmentVariablesOverride"][0]["name"] == "pullRequestId"
    (statement,) = policy["Statement"]
    assert {f"codecommit:{name}" for name in COMMENTING} == set(statement["Action"])
