"""Reading the files of a project: bounded, regular files only, nothing outside of the project."""

from __future__ import annotations

from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO

from policy_gate.syntax.node import ReadError

MAX_BYTES = 5_000_000
"""Bytes of a template; CloudFormation itself takes 1 MB."""

MAX_PLAN_BYTES = 200_000_000
"""Bytes of a plan."""


def opened(path: Path) -> BinaryIO:
    """The file, open for reading.

    Raises OSError, and ReadError for a device, a pipe and the like: of those even opening may never
    end.
    """
    if not S_ISREG(path.stat().st_mode):
        raise ReadError("this is not a regular file", 0)
    return path.open("rb")


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The file, or as much of it as shows that it is larger than the limit.

    Raises as `opened` does.
    """
    with opened(path) as file:
        return file.read(limit + 1)


def check_size(data: bytes, limit: int = MAX_BYTES) -> None:
    """Raises ReadError for a file that is too large."""
    if len(data) > limit:
        raise ReadError(f"this file is larger than {limit // 1_000_000} MB", 0)


def project_root(path: Path) -> Path:
    """The folder that templates and source files of a project may be read from.

    The repository that the path is in; without one the working directory, or where that does not
    hold the path, the path's folder.
    """
    real = path.resolve()
    repository = next((folder for folder in real.parents if (folder / ".git").exists()), None)
    if repository is not None:
        return repository
    here = Path.cwd().resolve()
    return here if real.is_relative_to(here) else real.parent
