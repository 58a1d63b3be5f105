from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder that the reports are about, and none of the variables that reporters heed."""
    monkeypatch.chdir(Path(__file__).parent / "data")
    for name in ("NO_COLOR", "CI", "TERM", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def _in_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same folder as the folder `infra` of a repository."""
    folder = tmp_path / "repository" / "infra"
    shutil.copytree(Path(__file__).parent / "data", folder)
    (tmp_path / "repository" / ".git").mkdir()
    monkeypatch.chdir(folder)
