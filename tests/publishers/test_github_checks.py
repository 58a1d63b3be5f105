"""Check run, commit status and code scanning."""

from __future__ import annotations

import base64
import gzip
import json

import pytest

from tests.local_github import HEAD, NUMBER
from tests.publishers.checkout import BAD
from tests.publishers.jobs import Job

ALL = "publish: {check-run: true, commit-status: true, sarif: true}\n"
CHECKS = "checks: {access-not-granted: {actions: ['iam:CreateUser']}}\n"


@pytest.mark.parametrize(
    ("action", "status", "conclusion", "state"),
    [("s3:GetObject", 0, "success", "success"), (BAD, 2, "failure", "failure")],
)
def test_the_verdict_stands_beside_the_head_of_the_pull_request(
    job: Job, action: str, status: int, conclusion: str, state: str
) -> None:
    job.configure(CHECKS + ALL)
    job.write(action)
    ran = job.run()
    assert (ran.status, ran.err) == (status, "")
    [run] = job.github.check_runs.values()
    assert (run["name"], run["head_sha"], run["conclusion"]) == ("policy-gate", HEAD, conclusion)
    [one] = job.github.statuses
    assert (one["commit"], one["context"], one["state"]) == (HEAD, "policy-gate", state)
    [upload] = job.github.sarifs
    assert (upload["commit_sha"], upload["ref"]) == (HEAD, f"refs/pull/{NUMBER}/head")
    log = json.loads(gzip.decompress(base64.b64decode(upload["sarif"])))
    assert len(log["runs"][0]["results"]) == (1 if status else 0)


def test_nothing_to_check_is_not_green(job: Job) -> None:
    job.configure(CHECKS + ALL)
    assert job.run().status == 3
    [run] = job.github.check_runs.values()
    assert run["conclusion"] == "failure"
    assert job.github.statuses[0]["state"] == "error"
    assert job.run("--allow-empty").status == 0
    assert list(job.github.check_runs.values())[1]["conclusion"] == "neutral"


def test_a_tag_is_part_of_the_names(job: Job) -> None:
    job.configure(CHECKS + ALL)
    job.write(BAD)
    job.run("--publish-tag", "infra")
    [run] = job.github.check_runs.values()
    assert run["name"] == job.github.statuses[0]["context"] == "policy-gate/infra"


def test_annotations_of_a_check_run_come_in_batches_of_fifty(job: Job) -> None:
    job.configure(
        "checks: {access-not-granted: {actions: ['iam:*']}}\npublish: {check-run: true}\n"
    )
    job.write(*(["iam:CreateUser"] * 120))
    ran = job.run()
    assert (ran.status, ran.err) == (2, "")
    sizes = [
        len(call.body["output"]["annotations"])
        for call in job.github.calls
        if "/check-runs" in call.path
    ]
    assert sizes == [50, 50, 20]
    [annotations] = job.github.annotations.values()
    assert len({each["start_line"] for each in annotations}) == 120


def test_a_push_has_a_status_of_its_own_commit_and_no_comment(job: Job) -> None:
    job.configure(CHECKS + ALL)
    job.write(BAD)
    job.event({"ref": "refs/heads/main", "after": "c" * 40})
    ran = job.run()
    assert ran.status == 2
    assert job.github.statuses[0]["commit"] == "c" * 40
    assert job.github.sarifs[0]["ref"] == "refs/heads/main"
    assert job.github.comments == {}
