"""A CodeCommit with a build for a pull request in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local_codecommit import running
from tests.publishers.codecommit.builds import Build


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Build]:
    with running() as codecommit:
        yield Build(codecommit, tmp_path, monkeypatch)
