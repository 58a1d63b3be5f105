"""A GitLab with a job of a merge request in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local_gitlab import running
from tests.publishers.gitlab.jobs import Job


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Job]:
    with running() as gitlab:
        yield Job(gitlab, tmp_path, monkeypatch)
