from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder that the reports are about, and none of the variables that reporters heed."""
    monkeypatch.chdir(Path(__file__).parent / "data")
    for name in ("NO_COLOR", "CI", "TERM", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
