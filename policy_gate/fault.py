"""A fault of ours, for a message that asks to report it."""

from __future__ import annotations

from pathlib import Path
from traceback import extract_tb

_HERE = Path(__file__).parent


def fault(error: Exception) -> str:
    """As `KeyError in checks/findings.py, line 20`.

    Without the error's own text: that may quote an input, which may hold secrets.
    """
    name = type(error).__name__
    for frame in reversed(extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(_HERE):
            return f"{name} in {path.relative_to(_HERE).as_posix()}, line {frame.lineno}"
    return name
