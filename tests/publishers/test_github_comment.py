"""The one comment on the pull request."""

from __future__ import annotations

from policy_gate.publishers.marker import Marker
from tests.local_github import BOT, HEAD, NUMBER, PERSON, refusal
from tests.local_http import Call, Reply
from tests.publishers.checkout import BAD
from tests.publishers.jobs import Job

NEWER = "d" * 40
MARKED = Marker("policy-gate", "e" * 40).on("PASSED")
CHECKS = "checks: {access-not-granted: {actions: ['s3:DeleteBucket']}}\n"
COMMENTS = f"/issues/{NUMBER}/comments"


def test_a_comment_is_made_once_and_updated_in_place(job: Job) -> None:
    job.write(BAD)
    first = job.run()
    assert (first.status, first.err) == (2, "")
    [body] = job.github.bodies()
    assert body.startswith(f"<!-- policy-gate tag=policy-gate commit={HEAD} -->\n")
    assert "FAILED" in body
    number = list(job.github.comments)

    job.write("s3:GetObject")
    second = job.run()
    assert (second.status, second.err) == (0, "")
    [body] = job.github.bodies()
    assert "PASSED" in body
    assert "FAILED" not in body
    assert list(job.github.comments) == number


def test_a_comment_that_was_deleted_by_hand_is_made_again(job: Job) -> None:
    job.write(BAD)
    job.run()
    job.github.comments.clear()
    assert job.run().err == ""
    assert len(job.github.comments) == 1


def test_a_comment_that_is_deleted_while_it_is_updated_is_made_again(job: Job) -> None:
    job.write(BAD)
    job.github.add_comment(MARKED)

    def script(call: Call) -> Reply | None:
        if call.verb == "PATCH":
            job.github.comments.clear()
            return refusal(404, "Not Found")
        return None

    job.github.script = script
    assert job.run().err == ""
    [body] = job.github.bodies()
    assert "FAILED" in body


def test_of_the_comments_of_two_runs_at_once_one_stays(job: Job) -> None:
    """Each run found none, so that each made one."""
    job.write(BAD)
    first_look = True

    def script(call: Call) -> Reply | None:
        nonlocal first_look
        if call.verb == "GET" and call.path.endswith(COMMENTS) and first_look:
            first_look = False
            job.github.add_comment(MARKED)
            return Reply(200, [])
        return None

    job.github.script = script
    assert job.run().err == ""
    [body] = job.github.bodies()
    assert "FAILED" in body


def test_comments_that_two_runs_have_left_become_one(job: Job) -> None:
    job.write(BAD)
    kept = job.github.add_comment(MARKED)["id"]
    job.github.add_comment(MARKED)
    job.run()
    assert list(job.github.comments) == [kept]


def test_parallel_jobs_with_tags_of_their_own_have_comments_of_their_own(job: Job) -> None:
    job.write(BAD)
    for _ in range(2):
        for tag in ("a", "b"):
            assert job.run("--publish-tag", tag).err == ""
    assert [body.split()[2] for body in job.github.bodies()] == ["tag=a", "tag=b"]


def test_the_tag_may_be_configured(job: Job) -> None:
    job.configure("checks: {no-public-access: true}\npublish: {tag: infra}\n")
    job.write(BAD)
    job.run()
    assert "tag=infra" in job.github.bodies()[0]


def test_a_comment_of_somebody_else_is_not_taken_for_ours(job: Job) -> None:
    job.write(BAD)
    forged = job.github.add_comment(MARKED, "mallory")
    for token in (BOT, PERSON):
        job.set(GITHUB_TOKEN=token)
        assert job.run().err == ""
    assert forged["body"] == MARKED
    assert len(job.github.comments) == 3


def test_a_marker_counts_only_at_the_beginning_of_a_comment(job: Job) -> None:
    job.write(BAD)
    quoting = job.github.add_comment(f"> {MARKED}")
    job.run()
    assert quoting["body"] == f"> {MARKED}"
    assert len(job.github.comments) == 2


def test_a_late_run_does_not_overwrite_what_is_said_of_a_newer_commit(job: Job) -> None:
    job.write(BAD)
    newer = Marker("policy-gate", NEWER).on("PASSED")
    job.github.add_comment(newer)
    job.github.head = NEWER
    ran = job.run()
    assert ran.status == 2
    assert "comment: the comment is about a newer commit already" in ran.err
    assert job.github.bodies() == [newer]


def test_nothing_is_published_where_that_is_asked_for_or_nothing_is_known(job: Job) -> None:
    job.write(BAD)
    assert job.run("--publish", "none").err == ""
    job.set(GITHUB_API_URL=None)
    assert job.run().err == ""
    assert job.github.calls == []
    assert job.summary_text() == ""


def test_the_link_to_the_job_is_in_the_comment_where_the_job_has_one(job: Job) -> None:
    job.write(BAD)
    job.set(GITHUB_SERVER_URL="https://github.com", GITHUB_RUN_ID="42")
    job.run()
    assert "(https://github.com/octocat/Hello-World/actions/runs/42)" in job.github.bodies()[0]


def test_the_comment_is_written_by_the_template_of_the_team(job: Job) -> None:
    job.configure(f"{CHECKS}markdown-template: ours.md\n")
    (job.folder / "ours.md").write_text("Ours: {{ status }}, {{ problems | length }} problems\n")
    job.write(BAD)
    assert job.run().err == ""
    assert "Ours: passed, 0 problems" in job.github.bodies()[0]
    assert "Ours: passed" in job.summary_text()


def test_a_template_at_fault_gives_way_to_ours(job: Job) -> None:
    job.configure(f"{CHECKS}markdown-template: ours.md\n")
    (job.folder / "ours.md").write_text("{{ no_such_thing }}")
    job.write(BAD)
    ran = job.run()
    assert (ran.status, ran.err) == (0, "")
    assert "PASSED" in job.github.bodies()[0]
    assert "The template cannot be used: " in job.github.bodies()[0]
