"""From the paths that the user names to what every input among them holds.

A file is judged by its content, never by its name. What was named explicitly and cannot be read is
reported; what was met by searching is skipped and counted, unless it looks like an input.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from policy_gate.executors.in_order import chosen, in_order
from policy_gate.executors.interface import Workers
from policy_gate.extractors.cdk.assembly import (
    DESCRIPTIONS,
    MANIFEST,
    describes,
    is_assembly,
    unsynthesized,
)
from policy_gate.extractors.files import MAX_PLAN_BYTES
from policy_gate.extractors.interface import ExtractSettings, joined
from policy_gate.extractors.nested_files import apart_from_nested
from policy_gate.extractors.one_file import (
    File,
    died,
    of_file,
    of_parcel,
    of_stream,
    parcel,
    unreadable,
)
from policy_gate.extractors.unmade import unplanned
from policy_gate.model import Extraction

MUCH = 250_000
"""Bytes from which on more than one process reads them."""

NEVER_SEARCHED = frozenset({".git", "node_modules", ".venv", ".terraform"})


class Met(NamedTuple):
    """What is in the paths of a run."""

    files: tuple[File, ...]
    others: tuple[Extraction, ...] = ()
    """What was skipped, could not be read, or is to be noted."""

    leading: frozenset[File] = frozenset()
    """Those of the files that are only asked which others they nest."""


def find_files(named: Iterable[Path], searched: Iterable[Path]) -> Met:
    """The files in the paths that the user names, and in those that patterns of theirs match.

    A folder is searched in either case. Nothing is met twice, a file is met as one that was named
    if it was, and the order of the paths makes no difference.
    """
    seen: set[Path] = set()
    ordered = [
        *((path, True) for path in sorted(named, key=_files_first)),
        *((path, False) for path in sorted(searched, key=_files_first)),
    ]
    met = [item for path, is_named in ordered for item in _of_path(path, is_named, seen)]
    files = tuple(item for item in met if isinstance(item, File))
    note = unplanned(file.path for file in files)
    return Met(
        files,
        (
            *(item for item in met if isinstance(item, Extraction)),
            *([Extraction(notes=(note,))] if note else []),
        ),
    )


def extract_files(
    met: Met,
    settings: ExtractSettings,
    workers: Workers | None = None,
    standard_input: BinaryIO | None = None,
) -> Extraction:
    """Everything in the files; what is on standard input is read as a file that was named.

    A template that was met by searching and that another nests is part of that one only. Without
    workers this process does the work. Raises ExecutorError where they cannot go on.
    """
    files = met.files
    if workers is None or workers.are_here:
        work = partial(of_file, settings=settings)
        many = chosen(workers, is_much=_size(files) > MUCH)
        results = in_order(work, files, len(files), died, many)
    else:
        results = _travelled(files, settings, workers)
    extracted = apart_from_nested(zip(files, results, strict=True), met.leading)
    if standard_input is not None:
        extracted.append(of_stream(standard_input, settings))
    return joined([*met.others, *extracted])


def extract_paths(
    named: Iterable[Path], searched: Iterable[Path], settings: ExtractSettings
) -> Extraction:
    """Everything in the paths, found by this process alone."""
    return extract_files(find_files(named, searched), settings)


def _size(files: Iterable[File]) -> int:
    size = 0
    for file in files:
        with contextlib.suppress(OSError):
            size += min(file.path.stat().st_size, MAX_PLAN_BYTES)
    return size


def _travelled(
    files: Sequence[File], settings: ExtractSettings, workers: Workers
) -> Iterator[Extraction]:
    """What other machines find in the files, and this one in those that lead to others.

    This one does it after them, by itself: a connection to them does not survive a fork.
    """
    work = partial(of_parcel, settings=settings)
    parcels = map(parcel, files)
    found = list(in_order(work, parcels, len(files), died, workers))
    for file, extraction in zip(files, found, strict=True):
        yield of_file(file, settings) if extraction is None else extraction


def _files_first(path: Path) -> tuple[bool, bool, str]:
    """Links come last, so that a file is shown by its own name."""
    return os.path.isdir(path), os.path.islink(path), str(path)


def _of_path(path: Path, is_named: bool, seen: set[Path]) -> Iterator[File | Extraction]:
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        yield unreadable(path, error)
        return
    if path.is_dir():
        yield from _of_folder(path, seen)
    elif real not in seen:
        seen.add(real)
        if is_named and path.name == MANIFEST and is_assembly(path.parent):
            yield File(path.parent, is_named, is_assembly=True)
        else:
            yield File(path, is_named)


def _of_folder(folder: Path, seen: set[Path]) -> Iterator[File | Extraction]:
    """Searches a folder in a fixed order; symbolic links are not followed."""
    errors: list[OSError] = []
    for name, folders, files in os.walk(folder, onerror=errors.append):
        here = Path(name)
        apart = frozenset[str]()
        if is_assembly(here):
            # A manifest must not hide a template that it does not name.
            apart = frozenset(name for name in DESCRIPTIONS if describes(here / name))
            if (real := here.resolve()) not in seen:
                seen.add(real)
                yield File(here, is_named=False, is_assembly=True)
        elif note := unsynthesized(here, files):
            yield Extraction(notes=(note,))
        folders[:] = sorted(set(folders) - NEVER_SEARCHED)
        for file in sorted(set(files) - apart):
            path = here / file
            if path.is_symlink():
                yield Extraction(skipped_files=1)
            elif (real := path.resolve()) not in seen:
                seen.add(real)
                yield File(path, is_named=False)
    for error in errors:
        yield unreadable(Path(error.filename or folder), error)
