"""What the gate says to GitHub, with Prism in between as a second judge (make test-prism).

Prism knows GitHub's API only by GitHub's description of it, and refuses what does not follow that.
"""

from __future__ import annotations

import json
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.github_description import FILE
from tests.local_github import BOT, LocalGitHub, running
from tests.publishers.checkout import BAD
from tests.publishers.jobs import Job
from tests.ways.tool import ROOT, find_tool, only_for

pytestmark = only_for("test-prism")

EVERYTHING = (
    "checks: {access-not-granted: {actions: ['iam:CreateUser']}}\n"
    "publish: {check-run: true, commit-status: true, sarif: true}\n"
)


@contextmanager
def prism(upstream: str) -> Iterator[str]:
    """The URL of a proxy that judges each request and each answer."""
    command = ROOT / ".tools" / "prism" / "node_modules" / ".bin" / "prism"
    tool = find_tool([str(command)], "make test-prism installs it where npm is there")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = [tool, "proxy", str(FILE), upstream, "--errors", "--port", str(port)]
    with subprocess.Popen(started, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert any("listening" in line for line in process.stdout)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Job]:
    folder = tmp_path / "work"
    folder.mkdir()
    with running() as github, prism(github.url) as url:
        job = Job(github, folder, monkeypatch)
        job.set(GITHUB_API_URL=url)
        yield job


def written(github: LocalGitHub) -> dict[str, int]:
    return {
        "comments": len(github.comments),
        "review comments": len(github.review_comments),
        "check runs": len(github.check_runs),
        "statuses": len(github.statuses),
        "SARIF": len(github.sarifs),
    }


def test_prism_has_nothing_against_what_is_published(job: Job) -> None:
    job.configure(EVERYTHING)
    job.write(BAD)
    ran = job.run()
    assert (ran.status, ran.err) == (2, "")
    assert written(job.github) == dict.fromkeys(written(job.github), 1)
    # The second run updates, and the third has nothing to complain of.
    assert job.run().err == ""
    job.write("s3:GetObject")
    ran = job.run()
    assert (ran.status, ran.err) == (0, "")
    assert len(job.github.comments) == 1
    assert not job.github.review_comments


def test_prism_objects_to_what_the_description_does_not_know(job: Job) -> None:
    with prism(job.github.url) as url:
        request = urllib.request.Request(
            f"{url}/repos/octocat/Hello-World/issues/7/comments",
            json.dumps({"text": "there is no such member, and body is missing"}).encode(),
            {"Authorization": f"Bearer {BOT}", "Content-Type": "application/json"},
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)
    assert refused.value.code == 422
    assert not job.github.comments
