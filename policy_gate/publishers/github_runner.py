"""What a GitHub runner shows without any call: the job summary, and annotations.

Sources: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

MAX_SUMMARY_BYTES = 1 << 20
"""Bytes of the summary of a step."""

SUMMARY_CHARACTERS = MAX_SUMMARY_BYTES // 4
"""Characters that fit, whatever they are."""

ANNOTATIONS_FILE = "POLICY_GATE_ANNOTATIONS"
"""The variable that names a file for the workflow commands, where the log is deaf to them."""


def write_summary(text: str) -> str:
    """Adds to the summary of the step; gives why it could not, empty where it could."""
    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if not name:
        return ""
    data = text.encode("utf-8", "backslashreplace")
    path = Path(name)
    try:
        if (path.stat().st_size if path.exists() else 0) + len(data) > MAX_SUMMARY_BYTES:
            return "the summary of a step has no more room"
        with path.open("ab") as file:
            file.write(data)
    except (OSError, ValueError) as error:
        return f"GITHUB_STEP_SUMMARY: {getattr(error, 'strerror', None) or 'no file'}"
    return ""


def write_annotations(commands: Sequence[str]) -> str:
    """Gives the runner workflow commands; gives why it could not, empty where it could.

    On stderr, for stdout carries the report: the runner obeys both. Where the job has stopped
    commands in its log, a file takes them, to be shown after that.
    Source: https://github.com/actions/runner/blob/main/src/Runner.Worker/Handlers/ScriptHandler.cs
    """
    lines = "".join(f"{command}\n" for command in commands)
    name = os.environ.get(ANNOTATIONS_FILE)
    if not name:
        sys.stderr.write(lines)
        return ""
    try:
        with Path(name).open("ab") as file:
            file.write(lines.encode("utf-8", "backslashreplace"))
    except (OSError, ValueError) as error:
        return f"{ANNOTATIONS_FILE}: {getattr(error, 'strerror', None) or 'no file'}"
    return ""
