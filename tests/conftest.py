"""What holds for every test."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def _no_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests publish nothing on the platform that they may run on."""
    for name in os.environ:
        if name.startswith(("GITHUB_", "GITLAB_", "CI_", "CODEBUILD_")):
            monkeypatch.delenv(name)
