"""Comparison with committed texts; UPDATE_SNAPSHOTS=1 in the environment rewrites them."""

from __future__ import annotations

import os
from pathlib import Path

_FOLDER = Path(__file__).parent / "snapshots"


def assert_snapshot(name: str, text: str, folder: Path = _FOLDER) -> None:
    file = folder / f"{name}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        file.write_bytes(text.encode())
    assert file.read_bytes().decode() == text
