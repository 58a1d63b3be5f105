"""Which repository the run is in."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path


def repository_root(folder: Path) -> Path:
    """The nearest folder upward that holds `.git`; the folder itself where there is none."""
    parents = (folder, *folder.parents)
    return next((parent for parent in parents if (parent / ".git").exists()), folder)


def repository_path(shown: str) -> str:
    """A path of a report relative to the repository, wherever in it the run was started."""
    return _repository_path(shown, os.getcwd())


@lru_cache(maxsize=4096)
def _repository_path(shown: str, here: str) -> str:
    root = _root(here)
    path = Path(os.path.normpath(Path(here, shown)))
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


@lru_cache(maxsize=64)
def _root(here: str) -> Path:
    return repository_root(Path(here))
