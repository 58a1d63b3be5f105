"""A build of CodeBuild for a pull request, and what the gate says in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.command_line import Ran, allow, gate, template
from tests.local_aws import only_this_aws
from tests.local_codecommit import HEAD, NUMBER, REPOSITORY, LocalCodeCommit

BAD = "iam:CreateUser"
CHECKS = "checks: {access-not-granted: {actions: ['iam:CreateUser']}}\n"


class Build:
    """The environment of a build in a folder of its own."""

    def __init__(
        self, codecommit: LocalCodeCommit, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.codecommit = codecommit
        self.folder = folder
        self.patch = monkeypatch
        (folder / ".git").mkdir()
        monkeypatch.chdir(folder)
        for name in os.environ:
            if name.startswith(("GITHUB_", "GITLAB_", "CI_", "CODEBUILD_")):
                monkeypatch.delenv(name)
        only_this_aws(monkeypatch, folder, codecommit.url)
        self.set(
            AWS_MAX_ATTEMPTS="1",
            CODEBUILD_BUILD_ID="gate:0a1b2c3d-0000-4000-8000-000000000000",
            CODEBUILD_RESOLVED_SOURCE_VERSION=HEAD,
            CODEBUILD_SOURCE_REPO_URL=(
                f"https://git-codecommit.eu-central-1.amazonaws.com/v1/repos/{REPOSITORY}"
            ),
            pullRequestId=NUMBER,
        )
        self.configure()

    def set(self, **variables: str | None) -> None:
        for name, value in variables.items():
            if value is None:
                self.patch.delenv(name, raising=False)
            else:
                self.patch.setenv(name, value)

    def write(self, *actions: str, name: str = "role.json") -> None:
        text = template(*(allow(action) for action in actions))
        (self.folder / name).write_text(text)

    def configure(self, publish: str = "") -> None:
        """`publish` is the section of that name, as YAML of one line."""
        section = f"publish: {publish}\n" if publish else ""
        (self.folder / ".policy-gate.yml").write_text(CHECKS + section)

    def run(self, *arguments: str) -> Ran:
        return gate("run", ".", *arguments)
