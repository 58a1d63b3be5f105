"""What every test starts with: no word of the CI job that the tests themselves may run in."""

from __future__ import annotations

import os

import pytest

_OF_A_JOB = ("GITHUB_", "CI_MERGE_REQUEST_", "CODEBUILD_WEBHOOK_")


@pytest.fixture(autouse=True)
def _no_pull_request(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(_OF_A_JOB):
            monkeypatch.delenv(name)
