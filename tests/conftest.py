"""What holds for every test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.properties import examples

settings.register_profile("patient", examples(100))
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def _no_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests are no job of the platform that they may run on: they publish nothing there."""
    for name in list(os.environ):
        if name == "CI" or name.startswith(("GITHUB_", "GITLAB_", "CI_", "CODEBUILD_")):
            monkeypatch.delenv(name)


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
