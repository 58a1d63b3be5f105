"""A file that is made at one go, inside of a folder and nowhere else."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from policy_gate.config.section import ConfigError
from policy_gate.syntax.source import shown


def check_place(path: Path, root: Path) -> None:
    """Raises ConfigError where a path of the root leads out of it, or through what is no folder."""
    parent = next(folder for folder in path.parents if os.path.lexists(folder))
    try:
        is_inside = parent.resolve(strict=True).is_relative_to(root.resolve())
        is_folder = parent.is_dir()
    except (OSError, RuntimeError):
        is_inside = is_folder = False
    if not is_folder:
        raise ConfigError(f"{shown(path)} is not written: {shown(parent)} is no folder")
    if not is_inside:
        raise ConfigError(
            f"{shown(path)} is not written: {shown(parent)} is a link out of the repository"
        )
    if path.is_symlink():
        raise ConfigError(f"{shown(path)} is not written: it is a symbolic link")
    if path.exists() and not path.is_file():
        raise ConfigError(f"{shown(path)} is not written: something else is there")


def make_file(path: Path, root: Path, text: str) -> None:
    """Writes a file that is not there yet. Raises ConfigError, also where it has come meanwhile."""
    check_place(path, root)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        check_place(path, root)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            os.chmod(name, 0o666 & ~_umask())
            # Unlike a rename, a link takes nothing's place.
            os.link(name, path)
        finally:
            with suppress(OSError):
                os.unlink(name)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(f"{shown(path)} is not written: {reason}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
