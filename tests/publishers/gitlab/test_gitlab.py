"""What appears on a merge request, and what happens to it with the next push."""

from __future__ import annotations

from policy_gate.publishers.marker import marker_of
from tests.local_gitlab import BOT, HEAD, PERSON
from tests.local_http import Call
from tests.publishers.checkout import BAD, CHECKS
from tests.publishers.gitlab.jobs import Job

NEXT = "d" * 40


def push(job: Job, commit: str = NEXT) -> None:
    job.gitlab.head = commit
    job.set(CI_COMMIT_SHA=commit)


def test_a_note_and_a_discussion_at_the_line_say_what_blocks(job: Job) -> None:
    job.write("s3:GetObject", BAD)

    ran = job.run()

    assert (ran.status, ran.err) == (2, "")
    (note,) = job.gitlab.bodies()
    assert "FAILED" in note
    assert "CHECK" in note
    assert "https://gitlab.example/group/project/-/jobs/9" in note
    (first,) = job.gitlab.first_notes()
    text = (job.folder / "role.json").read_text().splitlines()
    assert BAD in text[first["position"]["new_line"] - 1]
    assert job.gitlab.statuses == []


def test_the_note_is_updated_in_place_and_turns_green(job: Job) -> None:
    job.write(BAD)
    job.run()
    (before,) = job.gitlab.notes
    push(job)
    job.write("s3:GetObject")

    ran = job.run()

    assert (ran.status, ran.err) == (0, "")
    (after,) = job.gitlab.notes
    assert after == before
    assert "PASSED" in job.gitlab.notes[after]["body"]


def test_jobs_with_tags_of_their_own_do_not_overwrite_each_other(job: Job) -> None:
    job.write(BAD)
    job.run()
    job.run("--publish-tag", "network")

    tags = [marker_of(body) for body in job.gitlab.bodies()]
    assert [marker.tag for marker in tags if marker] == ["policy-gate", "network"]
    assert len(job.gitlab.discussions) == 2


def test_only_a_note_of_our_own_is_ours(job: Job) -> None:
    forged = f"<!-- policy-gate tag=policy-gate commit={HEAD} -->\nPASSED"
    job.gitlab.add_note(forged, PERSON)
    job.gitlab.add_note(f"look:\n{forged}", BOT)
    job.write(BAD)

    job.run()

    assert job.gitlab.bodies()[0] == forged
    assert len(job.gitlab.notes) == 3


def test_our_note_is_found_behind_two_hundred_others(job: Job) -> None:
    for number in range(200):
        job.gitlab.add_note(f"note {number}", PERSON)
    job.write(BAD)
    job.run()
    job.run()

    assert len(job.gitlab.notes) == 201


def test_a_note_that_somebody_deleted_is_made_again(job: Job) -> None:
    job.write(BAD)
    job.run()
    job.gitlab.notes.clear()

    ran = job.run()

    assert ran.err == ""
    assert len(job.gitlab.notes) == 1


def test_a_note_that_is_deleted_meanwhile_is_made_again(job: Job) -> None:
    job.write(BAD)
    job.run()

    def delete(call: Call) -> None:
        if call.verb == "GET" and call.path.endswith("/notes"):
            job.gitlab.notes.clear()
            job.gitlab.after = lambda _: None

    job.gitlab.after = delete

    assert job.run().err == ""
    assert len(job.gitlab.notes) == 1


def test_of_two_runs_at_once_one_note_stays(job: Job) -> None:
    job.write(BAD)

    def other_run(call: Call) -> None:
        if call.verb == "GET" and call.path.endswith("/notes"):
            job.gitlab.after = lambda _: None
            marker = f"<!-- policy-gate tag=policy-gate commit={HEAD} -->"
            job.gitlab.add_note(f"{marker}\nof the other run")

    job.gitlab.after = other_run

    assert job.run().err == ""
    (note,) = job.gitlab.bodies()
    assert "FAILED" in note


def test_a_note_about_a_newer_commit_stays(job: Job) -> None:
    job.write("s3:GetObject")
    push(job)
    job.run()
    job.set(CI_COMMIT_SHA=HEAD)
    job.write(BAD)

    ran = job.run()

    assert ran.status == 2
    assert "note: the note is about a newer commit already" in ran.err
    assert "discussions: the merge request has a newer commit than this job" in ran.err
    (note,) = job.gitlab.bodies()
    assert "PASSED" in note


def test_a_finding_keeps_its_discussion_when_its_line_moves(job: Job) -> None:
    job.write(BAD)
    job.run()
    push(job)
    job.write("s3:GetObject", BAD)

    job.run()

    (first,) = job.gitlab.first_notes()
    assert not first["resolved"]


def test_a_discussion_is_resolved_when_fixed_and_reopened_when_back(job: Job) -> None:
    job.write(BAD, "iam:DeleteUser")
    job.run()
    assert len(job.gitlab.discussions) == 2
    push(job)
    job.write(BAD)
    job.run()
    assert [note["resolved"] for note in job.gitlab.first_notes()].count(True) == 1
    push(job, "e" * 40)
    job.write(BAD, "iam:DeleteUser")

    ran = job.run()

    assert ran.err == ""
    assert [note["resolved"] for note in job.gitlab.first_notes()] == [False, False]


def test_what_a_person_has_resolved_stays_resolved(job: Job) -> None:
    job.write(BAD)
    job.run()
    (first,) = job.gitlab.first_notes()
    first |= {"resolved": True, "resolved_by": {"id": 2}}

    job.run()

    assert first["resolved"]
    assert len(job.gitlab.discussions) == 1


def test_an_error_resolves_nothing(job: Job) -> None:
    job.write(BAD)
    job.run()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE"):
        job.set(**{name: None})
    job.set(AWS_EC2_METADATA_DISABLED="true", AWS_CONFIG_FILE="none")
    job.set(AWS_SHARED_CREDENTIALS_FILE="none")

    ran = job.run("--analyzer", "aws")

    assert ran.status == 1
    (note,) = job.gitlab.bodies()
    assert "ERROR" in note
    first = job.gitlab.first_notes()[0]
    assert not first["resolved"]


def test_only_changed_lines_get_a_discussion(job: Job) -> None:
    job.write(BAD, "iam:DeleteUser")
    text = (job.folder / "role.json").read_text().splitlines()
    line = next(number for number, row in enumerate(text, 1) if "iam:DeleteUser" in row)
    job.gitlab.diffs = {"role.json": f"@@ -{line},0 +{line},1 @@\n+{text[line - 1]}\n"}
    job.gitlab.renamed = {"role.json": "old.json"}

    assert job.run().err == ""

    (first,) = job.gitlab.first_notes()
    assert first["position"]["new_line"] == line
    assert first["position"]["old_path"] == "old.json"


def test_the_pipeline_of_the_merged_result_is_about_the_head_of_the_branch(job: Job) -> None:
    job.set(CI_COMMIT_SHA="f" * 40, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=HEAD)
    job.write(BAD)

    assert job.run().err == ""
    assert len(job.gitlab.discussions) == 1


def test_the_status_of_the_commit_is_set_if_asked_for(job: Job) -> None:
    job.configure(CHECKS + "publish: {commit-status: true, comment: false, review-comments: false}")
    job.write(BAD)
    job.run()
    job.write("s3:GetObject")
    job.set(
        CI_MERGE_REQUEST_IID=None,
        CI_MERGE_REQUEST_PROJECT_ID=None,
        CI_MERGE_REQUEST_SOURCE_PROJECT_ID=None,
    )
    ran = job.run("--publish-tag", "iam")

    assert ran.err == ""
    failed, passed = job.gitlab.statuses
    assert (failed["state"], failed["name"]) == ("failed", "policy-gate")
    assert failed["pipeline_id"] == "5"
    assert (passed["state"], passed["name"]) == ("success", "policy-gate/iam")
    assert job.gitlab.written() == [f"POST /projects/42/statuses/{HEAD}"] * 2


def test_a_pipeline_of_a_branch_publishes_nothing_and_says_nothing(job: Job) -> None:
    job.set(
        CI_MERGE_REQUEST_IID=None,
        CI_MERGE_REQUEST_PROJECT_ID=None,
        CI_MERGE_REQUEST_SOURCE_PROJECT_ID=None,
        GITLAB_TOKEN=None,
    )
    job.write(BAD)

    ran = job.run()

    assert (ran.status, ran.err) == (2, "")
    assert job.gitlab.calls == []


def test_publish_none_keeps_the_job_silent(job: Job) -> None:
    job.write(BAD)

    assert job.run("--publish", "none").err == ""
    assert job.gitlab.calls == []
