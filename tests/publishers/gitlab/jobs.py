"""A job of a merge request, and what the gate says in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from policy_gate.publishers import gitlab_api
from tests.command_line import Ran, allow, gate, template
from tests.local_gitlab import BOT, HEAD, NUMBER, PROJECT, TARGET, LocalGitLab

BAD = "iam:CreateUser"
CHECKS = "checks: {access-not-granted: {actions: ['iam:CreateUser', 'iam:DeleteUser']}}\n"


def diff_of(text: str) -> str:
    """The diff that adds a file."""
    lines = text.split("\n")
    return "\n".join([f"@@ -0,0 +1,{len(lines)} @@", *(f"+{line}" for line in lines)])


class Job:
    """The environment of a job in a folder of its own."""

    def __init__(self, gitlab: LocalGitLab, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.gitlab = gitlab
        self.folder = folder
        self.patch = monkeypatch
        (folder / ".git").mkdir()
        monkeypatch.chdir(folder)
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

    def set(self, **variables: str | None) -> None:
        for name, value in variables.items():
            if value is None:
                self.patch.delenv(name, raising=False)
            else:
                self.patch.setenv(name, value)

    def write(self, *actions: str, name: str = "role.json") -> None:
        """A template with a statement for each action, which the merge request adds."""
        text = template(*(allow(action) for action in actions))
        (self.folder / name).write_text(text)
        self.gitlab.diffs[name] = diff_of(text)

    def configure(self, text: str) -> None:
        (self.folder / ".policy-gate.yml").write_text(text)

    def run(self, *arguments: str) -> Ran:
        return gate("run", ".", *arguments)
