"""A job of a merge request, and what the gate says in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from policy_gate.publishers import gitlab_api
from tests.local_gitlab import BOT, HEAD, NUMBER, PROJECT, TARGET, LocalGitLab
from tests.publishers.checkout import CHECKS, Checkout, diff_of


class Job(Checkout):
    """The environment of a job in a folder of its own."""

    def __init__(self, gitlab: LocalGitLab, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(folder, monkeypatch)
        self.gitlab = gitlab
        monkeypatch.setattr(gitlab_api, "PAUSE", 0.0)
        for name in os.environ:
            if name.startswith(("GITHUB_", "GITLAB_", "CI_", "CODEBUILD_")):
                monkeypatch.delenv(name)
        self.set(
            CI_API_V4_URL=gitlab.url,
            CI_JOB_TOKEN="glcbt-64_job",
            CI_PROJECT_ID=PROJECT,
            CI_COMMIT_SHA=HEAD,
            CI_PIPELINE_ID="5",
            CI_JOB_URL="https://gitlab.example/group/project/-/jobs/9",
            CI_MERGE_REQUEST_IID=NUMBER,
            CI_MERGE_REQUEST_PROJECT_ID=TARGET,
            CI_MERGE_REQUEST_SOURCE_PROJECT_ID=TARGET,
            GITLAB_TOKEN=BOT,
        )
        self.configure(CHECKS)

    def write(self, *actions: str, name: str = "role.json") -> None:
        """A template with a statement for each action, which the merge request adds."""
        super().write(*actions, name=name)
        self.gitlab.diffs[name] = diff_of((self.folder / name).read_text())
