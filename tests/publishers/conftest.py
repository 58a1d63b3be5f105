"""A GitHub with a job in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local_github import running
from tests.publishers.jobs import Job


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Job]:
    folder = tmp_path / "work"
    folder.mkdir()
    with running() as github:
        yield Job(github, folder, monkeypatch)
