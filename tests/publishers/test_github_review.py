"""Comments at changed lines."""

from __future__ import annotations

import pytest

from policy_gate.publishers.marker import Marker, marker_of
from tests.command_line import allow, template
from tests.local_github import NUMBER, refusal
from tests.local_http import Call, Reply
from tests.publishers.checkout import BAD, diff_of
from tests.publishers.jobs import Job


def lines(job: Job) -> list[int]:
    return [comment["line"] for comment in job.github.review_comments.values()]


def findings(job: Job) -> list[str]:
    markers = [marker_of(each["body"]) for each in job.github.review_comments.values()]
    return [marker.finding for marker in markers if marker]


def line_of(job: Job, text: str) -> int:
    rows = (job.folder / "role.json").read_text().split("\n")
    return next(number for number, row in enumerate(rows, 1) if text in row)


def test_a_finding_on_a_changed_line_has_a_comment_there(job: Job) -> None:
    job.write(BAD, "iam:CreateAccessKey")
    assert job.run().err == ""
    assert lines(job) == [line_of(job, BAD), line_of(job, "iam:CreateAccessKey")]
    assert len(job.github.reviews) == 1


@pytest.mark.parametrize("patch", ["@@ -1,1 +1,2 @@\n {\n+ ", ""], ids=["another", "too large"])
def test_a_finding_on_another_line_has_none(job: Job, patch: str) -> None:
    """GitHub gives no diff of a file that is too large."""
    job.write(BAD)
    job.github.patches = {"role.json": patch, "other.json": diff_of("x")}
    ran = job.run()
    assert (ran.status, ran.err) == (2, "")
    assert lines(job) == []
    assert "FAILED" in job.github.bodies()[0]


def test_across_pushes_a_finding_has_one_comment_wherever_it_moves(job: Job) -> None:
    job.write(BAD)
    job.run()
    first = dict(job.github.review_comments)
    job.run()
    assert job.github.review_comments == first

    job.write("s3:GetObject", BAD)
    job.run()
    assert lines(job) == [line_of(job, BAD)]


def test_a_comment_goes_when_its_finding_is_resolved(job: Job) -> None:
    job.write(BAD, "iam:CreateAccessKey")
    job.run()
    job.write("iam:CreateAccessKey")
    job.run()
    assert lines(job) == [line_of(job, "iam:CreateAccessKey")]
    job.write("s3:GetObject")
    assert job.run().status == 0
    assert lines(job) == []


def test_an_outdated_comment_is_made_anew_at_the_line(job: Job) -> None:
    job.write(BAD)
    job.run()
    for comment in job.github.review_comments.values():
        del comment["line"]
    job.run()
    assert lines(job) == [line_of(job, BAD)]


def test_comments_of_two_runs_at_once_become_one(job: Job) -> None:
    job.write(BAD)
    job.run()
    [comment] = list(job.github.review_comments.values())
    job.github.add_review_comment({**comment, "id": 99_999})
    job.github.review_comments = {each["id"]: each for each in job.github.review_comments.values()}
    job.github.review_comments[99_999] = {**comment, "id": 99_999}
    job.run()
    assert list(job.github.review_comments) == [comment["id"]]


def test_where_github_refuses_the_review_each_comment_is_tried_alone(job: Job) -> None:
    job.write(BAD, "iam:CreateAccessKey")
    bad_line = line_of(job, BAD)

    def script(call: Call) -> Reply | None:
        if call.verb == "POST" and call.path.endswith(f"/pulls/{NUMBER}/reviews"):
            return refusal(422, "Unprocessable Entity")
        if call.verb == "POST" and call.body.get("line") == bad_line:
            return refusal(422, "Validation Failed")
        return None

    job.github.script = script
    ran = job.run()
    assert ran.status == 2
    assert "review comments: GitHub takes no comment at 1 of 2 lines" in ran.err
    assert lines(job) == [line_of(job, "iam:CreateAccessKey")]
    assert "::error " in ran.err


def test_a_comment_of_somebody_else_with_our_marker_neither_counts_nor_goes(job: Job) -> None:
    job.write(BAD)
    job.run()
    [finding] = findings(job)
    job.github.review_comments.clear()
    body = Marker("policy-gate", finding=finding).on("all is well")
    forged = job.github.add_review_comment(
        {"body": body, "path": "role.json", "line": 1}, "mallory"
    )
    job.run()
    assert forged["id"] in job.github.review_comments
    assert len(job.github.review_comments) == 2


def test_what_an_error_left_without_answer_is_not_resolved(job: Job) -> None:
    job.write(BAD)
    job.run()
    (job.folder / "role.json").unlink()
    ran = job.run("--", "missing.json")
    assert ran.status == 1
    assert len(job.github.review_comments) == 1


def test_a_file_in_a_subfolder_is_known_by_its_path_from_the_root(job: Job) -> None:
    (job.folder / "infra").mkdir()
    text = template(allow(BAD))
    (job.folder / "infra" / "role.json").write_text(text)
    job.github.patches = {"infra/role.json": diff_of(text)}
    job.patch.chdir(job.folder / "infra")
    job.run()
    assert [each["path"] for each in job.github.review_comments.values()] == ["infra/role.json"]
