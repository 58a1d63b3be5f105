"""A build of CodeBuild for a pull request, and what the gate says in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.local_aws import only_this_aws
from tests.local_codecommit import HEAD, NUMBER, REPOSITORY, LocalCodeCommit
from tests.publishers.checkout import CHECKS, Checkout


class Build(Checkout):
    """The environment of a build in a folder of its own."""

    def __init__(
        self, codecommit: LocalCodeCommit, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        super().__init__(folder, monkeypatch)
        self.codecommit = codecommit
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
        self.configure(CHECKS)

    def publish(self, section: str) -> None:
        """`section` is the one of that name in the configuration, as YAML of one line."""
        self.configure(f"{CHECKS}publish: {section}\n")
