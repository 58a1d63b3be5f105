"""The files of a revision in a folder of their own, for what reads folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policy_gate.revisions.revision import Entry

MAX_BYTES_IN_ALL = 4_000_000_000
"""Bytes of a revision that are written out for the extractors."""


@contextmanager
def written(files: Iterable[tuple[tuple[str, Entry], bytes]], name: str) -> Iterator[Path]:
    """A folder with the files, as the top of a repository; it is gone afterwards.

    A link is made where it leads to something inside the folder. Raises RevisionError.
    """
    from policy_gate.revisions.revision import RevisionError

    with TemporaryDirectory(prefix="policy-gate-") as directory:
        folder = Path(directory).resolve()
        # Marks the top, as in a working tree.
        (folder / ".git").mkdir()
        links: list[tuple[Path, bytes]] = []
        size = 0
        try:
            for (path, entry), content in files:
                size += len(content)
                if size > MAX_BYTES_IN_ALL:
                    limit = MAX_BYTES_IN_ALL // 1_000_000_000
                    raise RevisionError(f"the files of {name} are larger than {limit} GB")
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                if entry.is_link:
                    links.append((target, content))
                else:
                    target.write_bytes(content)
            _link(folder, links)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "a path of it is none here"
            raise RevisionError(f"the files of {name} cannot be written: {reason}") from error
        yield folder


def _link(folder: Path, links: Iterable[tuple[Path, bytes]]) -> None:
    """Files are all there by now, so that none was written through a link."""
    made = []
    for path, target in links:
        if not os.path.lexists(path):
            os.symlink(os.fsdecode(target), path)
            made.append(path)
    for path in made:
        try:
            is_inside = path.resolve().is_relative_to(folder)
        except (OSError, RuntimeError):
            is_inside = False
        if not is_inside:
            path.unlink()


@contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """With another working directory, which paths are relative to."""
    here = Path.cwd()
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)
