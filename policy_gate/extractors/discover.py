"""From the paths that the user names to what every input among them holds.

A file is judged by its content, never by its name. What was named explicitly and cannot be read is
reported; what was met by searching is skipped and counted, unless it looks like an input.
"""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from policy_gate.extractors.cdk.assembly import (
    DESCRIPTIONS,
    MANIFEST,
    describes,
    extract_assembly,
    is_assembly,
    unsynthesized,
)
from policy_gate.extractors.files import MAX_PLAN_BYTES, opened
from policy_gate.extractors.interface import (
    Extractor,
    ExtractSettings,
    NotSupportedError,
    joined,
)
from policy_gate.extractors.parallel import in_order
from policy_gate.extractors.recognise import Read, explaining, read, recognised
from policy_gate.fault import fault
from policy_gate.model import Extraction, NotChecked, PolicyIdentity, ReasonCode, Unreadable
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.source import Source, shown

MAX_NAMED = 3
"""Files that one note names."""

MUCH = 1_000_000
"""Bytes from which on more than one process reads them."""

STANDARD_INPUT = "<stdin>"
"""What standard input is called in reports."""

NEVER_SEARCHED = frozenset({".git", "node_modules", ".venv", ".terraform"})


class _File(NamedTuple):
    """A file, or the folder of a cloud assembly."""

    path: Path
    is_named: bool
    """Did the user name it? Then it is an error where it is no input."""

    is_assembly: bool = False

    @property
    def real(self) -> str:
        """As other templates that lead to it name it."""
        return shown(self.path.resolve())


def extract_paths(
    named: Iterable[Path],
    searched: Iterable[Path],
    settings: ExtractSettings,
    standard_input: BinaryIO | None = None,
) -> Extraction:
    """Everything in the paths that the user names, and in those that patterns of theirs match.

    What is on standard input, if that is given, is read as a file that was named.

    A folder is searched in either case. Nothing is read twice, a file is read as one that was named
    if it was, and the order of the paths makes no difference. A template that was met by searching
    and that another nests is part of that one only.
    """
    seen: set[Path] = set()
    ordered = [
        *((path, True) for path in sorted(named, key=_files_first)),
        *((path, False) for path in sorted(searched, key=_files_first)),
    ]
    met = [item for path, is_named in ordered for item in _of_path(path, is_named, seen)]
    files = [item for item in met if isinstance(item, _File)]
    work = partial(_of_file, settings=settings)
    results = in_order(work, files, _died, is_much=_size(files) > MUCH)
    extracted = _apart_from_nested(zip(files, results, strict=True))
    if standard_input is not None:
        extracted.append(_of_stream(standard_input, settings))
    return joined([*(item for item in met if isinstance(item, Extraction)), *extracted])


def _apart_from_nested(results: Iterable[tuple[_File, Extraction]]) -> list[Extraction]:
    """Without the files that are read as parts of others; of a circle, the first one stays."""
    by_file = dict(results)
    leads_to = {file.real: found.followed for file, found in by_file.items()}
    position = {path: number for number, path in enumerate(leads_to)}
    parents: dict[str, set[str]] = {}
    for path, followed in leads_to.items():
        for child in followed:
            is_circle = path in leads_to.get(child, ())
            if child != path and not (is_circle and position[child] < position[path]):
                parents.setdefault(child, set()).add(path)
    apart = [file for file in by_file if not file.is_named and file.real in parents]
    kept = [found for file, found in by_file.items() if file not in apart]
    assemblies = {file.real for file in by_file if file.is_assembly}
    told = [(file.real, min(parents[file.real] - assemblies, default="")) for file in apart]
    return [*kept, *_nested_note([pair for pair in told if pair[1]])]


def _nested_note(pairs: Sequence[tuple[str, str]]) -> list[Extraction]:
    """What is checked only with the parameters that another template passes to it."""
    if not pairs:
        return []
    named = ", ".join(f"{child} of {parent}" for child, parent in pairs[:MAX_NAMED])
    more = f" and {len(pairs) - MAX_NAMED} more" if len(pairs) > MAX_NAMED else ""
    note = f"Read as parts of templates that nest them: {named}{more}. Name one to check it alone."
    return [Extraction(notes=(note,))]


def _size(files: Iterable[_File]) -> int:
    size = 0
    for file in files:
        with contextlib.suppress(OSError):
            size += min(file.path.stat().st_size, MAX_PLAN_BYTES)
    return size


def _died(file: _File) -> Extraction:
    message = "the process that read it died, as it does when memory runs out"
    return Extraction(unreadable=(Unreadable(shown(file.path), message),))


def _files_first(path: Path) -> tuple[bool, bool, str]:
    """Links come last, so that a file is shown by its own name."""
    return os.path.isdir(path), os.path.islink(path), str(path)


def _of_path(path: Path, is_named: bool, seen: set[Path]) -> Iterator[_File | Extraction]:
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        yield _unreadable(path, error)
        return
    if path.is_dir():
        yield from _of_folder(path, seen)
    elif real not in seen:
        seen.add(real)
        if is_named and path.name == MANIFEST and is_assembly(path.parent):
            yield _File(path.parent, is_named, is_assembly=True)
        else:
            yield _File(path, is_named)


def _of_folder(folder: Path, seen: set[Path]) -> Iterator[_File | Extraction]:
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
                yield _File(here, is_named=False, is_assembly=True)
        elif note := unsynthesized(here, files):
            yield Extraction(notes=(note,))
        folders[:] = sorted(set(folders) - NEVER_SEARCHED)
        for file in sorted(set(files) - apart):
            path = here / file
            if path.is_symlink():
                yield Extraction(skipped_files=1)
            elif (real := path.resolve()) not in seen:
                seen.add(real)
                yield _File(path, is_named=False)
    for error in errors:
        yield _unreadable(Path(error.filename or folder), error)


def _of_file(file: _File, settings: ExtractSettings) -> Extraction:
    if file.is_assembly:
        return _assembly(file.path, settings)
    try:
        with opened(file.path) as stream:
            found = read(stream)
    except OSError as error:
        return _unreadable(file.path, error)
    except ReadError as error:
        found = Read("", error)
    return _of_read(found, shown(file.path), settings, is_named=file.is_named)


def _of_stream(stream: BinaryIO, settings: ExtractSettings) -> Extraction:
    try:
        found = read(stream)
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        return Extraction(unreadable=(Unreadable(STANDARD_INPUT, reason),))
    return _of_read(found, STANDARD_INPUT, settings, is_named=True)


def _of_read(found: Read, name: str, settings: ExtractSettings, *, is_named: bool) -> Extraction:
    source = Source(name, found.text)
    if found.is_binary_plan:
        return _binary_plan(source, is_named=is_named)
    extractor = recognised(found.text)
    if not is_named and extractor is None:
        return Extraction(skipped_files=1)
    if found.error is not None:
        return _not_analysed(source, found.error)
    return _extracted(source, extractor or explaining(found.text), settings)


def _binary_plan(source: Source, *, is_named: bool) -> Extraction:
    file = "PLANFILE" if source.path == STANDARD_INPUT else shlex.quote(source.path)
    advice = f"`terraform show -json {file} > plan.json` makes what is read (`tofu` likewise)"
    if is_named:
        return _not_analysed(source, NotSupportedError(f"this is a binary plan: {advice}"))
    return Extraction(skipped_files=1, notes=(f"{source.path} is a binary plan: {advice}",))


def _extracted(source: Source, extractor: Extractor, settings: ExtractSettings) -> Extraction:
    try:
        return extractor.extract(source, settings)
    except (ReadError, NotSupportedError) as error:
        return _not_analysed(source, error)
    except Exception as error:  # noqa: BLE001 - a fault of ours must not hide the other files
        return _failed(source, error)


def _assembly(folder: Path, settings: ExtractSettings) -> Extraction:
    try:
        return extract_assembly(folder, settings)
    except Exception as error:  # noqa: BLE001 - as above
        return _failed(Source(shown(folder), ""), error)


def _failed(source: Source, error: Exception) -> Extraction:
    message = f"policy-gate failed on this file ({fault(error)}): please report it"
    return _not_analysed(source, ReadError(message, 0))


def _not_analysed(source: Source, error: ReadError | NotSupportedError) -> Extraction:
    identity = PolicyIdentity(source.path, "", "", "")
    location = source.location(error.offset, error.offset)
    return Extraction(
        not_checked=(NotChecked(identity, ReasonCode.NOT_ANALYSED, error.message, location),)
    )


def _unreadable(path: Path, error: Exception) -> Extraction:
    reason = getattr(error, "strerror", None) or "this path cannot be resolved"
    return Extraction(unreadable=(Unreadable(shown(path), reason),))
