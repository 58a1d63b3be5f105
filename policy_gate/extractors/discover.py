"""From the paths that the user names to what every input among them holds.

A file is judged by its content, never by its name. What was named explicitly and cannot be read is
reported; what was met by searching is skipped and counted, unless it looks like an input.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from policy_gate.extractors.cdk.assembly import (
    DESCRIPTIONS,
    MANIFEST,
    describes,
    extract_assembly,
    is_assembly,
    unsynthesized,
)
from policy_gate.extractors.cloudformation.extract import CloudFormationExtractor
from policy_gate.extractors.files import MAX_BYTES, MAX_PLAN_BYTES, check_size, read_bytes
from policy_gate.extractors.interface import Extractor, ExtractSettings, NotSupportedError
from policy_gate.extractors.parallel import in_order
from policy_gate.extractors.terraform.plan import TerraformPlanExtractor
from policy_gate.extractors.terraform.reading import BINARY
from policy_gate.extractors.terraform.recognition import (
    is_binary_plan,
    is_of_terraform,
    looks_like_plan,
)
from policy_gate.fault import fault
from policy_gate.model import Extraction, NotChecked, PolicyIdentity, ReasonCode, Unreadable
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.source import Source, decode, shown

MAX_NAMED = 3
"""Files that one note names."""

MUCH = 1_000_000
"""Bytes from which on more than one process reads them."""

EXTRACTORS: tuple[Extractor, ...] = (CloudFormationExtractor(), TerraformPlanExtractor())
"""In the order in which they are asked. What none of them recognises and the user names, the first
explains, or the second if Terraform wrote it."""

STDIN = Path("-")

NEVER_SEARCHED = frozenset({".git", "node_modules", ".venv", ".terraform"})


class _File(NamedTuple):
    """A file, or the folder of a cloud assembly."""

    path: Path
    is_named: bool
    """Did the user name it? Then it is an error where it is no input."""

    is_assembly: bool = False
    data: bytes | None = None
    """What came from stdin."""

    @property
    def real(self) -> str:
        """As other templates that lead to it name it."""
        return shown(self.path.resolve())


def extract_paths(
    named: Iterable[Path], searched: Iterable[Path], settings: ExtractSettings
) -> Extraction:
    """Everything in the paths that the user names, and in those that patterns of theirs match.

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
    return _joined([*(item for item in met if isinstance(item, Extraction)), *extracted])


def _joined(parts: Sequence[Extraction]) -> Extraction:
    return Extraction(
        tuple(policy for part in parts for policy in part.policies),
        tuple(item for part in parts for item in part.not_checked),
        tuple(item for part in parts for item in part.unreadable),
        sum(part.skipped_files for part in parts),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )


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
            size += min(file.path.stat().st_size, MAX_BYTES)
    return size


def _died(file: _File) -> Extraction:
    message = "the process that read it died, as it does when memory runs out"
    return Extraction(unreadable=(Unreadable(shown(file.path), message),))


def _files_first(path: Path) -> tuple[bool, bool, str]:
    """Links come last, so that a file is shown by its own name."""
    return os.path.isdir(path), os.path.islink(path), str(path)


def _of_path(path: Path, is_named: bool, seen: set[Path]) -> Iterator[_File | Extraction]:
    if is_named and path == STDIN:
        if path not in seen:
            seen.add(path)
            yield _File(Path("<stdin>"), is_named, data=sys.stdin.buffer.read(MAX_PLAN_BYTES + 1))
        return
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
    path, data = file.path, b""
    try:
        data, limit = _data(file)
        check_size(data, limit)
        text = decode(data)
    except OSError as error:
        return _unreadable(path, error)
    except ReadError as error:
        is_binary = is_binary_plan(data)
        if file.is_named or _recognise(_readable(data)) is not None:
            fault = NotSupportedError(BINARY) if is_binary else error
            return _not_analysed(Source(shown(path), data.decode("utf-8", "replace")), fault)
        notes = (f"{shown(path)} is skipped: {BINARY}.",) if is_binary else ()
        return Extraction(skipped_files=1, notes=notes)
    return _of_text(file, Source(shown(path), text), settings)


def _data(file: _File) -> tuple[bytes, int]:
    """What the file holds, or the beginning of it, and how much that may be.

    Raises as `read_bytes` does.
    """
    data = read_bytes(file.path) if file.data is None else file.data
    limit = MAX_BYTES
    if len(data) > limit and looks_like_plan(_readable(data[:limit])):
        limit = MAX_PLAN_BYTES
        data = read_bytes(file.path, limit) if file.data is None else data
    return data, limit


def _of_text(file: _File, source: Source, settings: ExtractSettings) -> Extraction:
    extractor = _recognise(source.text)
    if extractor is None and file.is_named:
        extractor = EXTRACTORS[is_of_terraform(source.text)]
    if extractor is None:
        return Extraction(skipped_files=1)
    return _extracted(source, extractor, settings)


def _readable(data: bytes) -> str:
    """Something to look at, whatever the encoding."""
    return data.replace(b"\0", b"").decode("latin-1")


def _recognise(text: str) -> Extractor | None:
    return next((extractor for extractor in EXTRACTORS if extractor.recognises(text)), None)


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
