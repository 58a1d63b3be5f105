"""From the paths that the user names to what every input among them holds.

A file is judged by its content, never by its name. What was named explicitly and cannot be read is
reported; what was met by searching is skipped and counted, unless it looks like an input.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from stat import S_ISREG

from policy_gate.extractors.cdk import MANIFEST, extract_assembly, is_assembly
from policy_gate.extractors.cloudformation.extract import CloudFormationExtractor
from policy_gate.extractors.interface import Extractor, ExtractSettings, NotSupportedError
from policy_gate.extractors.terraform.plan import TerraformPlanExtractor
from policy_gate.model import Extraction, NotChecked, PolicyIdentity, ReasonCode, Unreadable
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.source import Source, decode, shown

MAX_BYTES = 5_000_000
"""Largest template that is read; CloudFormation itself takes 1 MB."""

EXTRACTORS: tuple[Extractor, ...] = (CloudFormationExtractor(), TerraformPlanExtractor())
"""In the order in which they are asked; the first also explains what none of them recognises."""

NEVER_SEARCHED = frozenset({".git", "node_modules", ".venv", ".terraform"})


def extract_paths(
    named: Iterable[Path], searched: Iterable[Path], settings: ExtractSettings
) -> Extraction:
    """Everything in the paths that the user names, and in those that patterns of theirs match.

    A folder is searched in either case. Nothing is read twice, a file is read as one that was named
    if it was, and the order of the paths makes no difference.
    """
    seen: set[Path] = set()
    ordered = [
        *((path, True) for path in sorted(named, key=_files_first)),
        *((path, False) for path in sorted(searched, key=_files_first)),
    ]
    found = [
        part for path, explicit in ordered for part in _of_path(path, explicit, settings, seen)
    ]
    return Extraction(
        tuple(policy for part in found for policy in part.policies),
        tuple(item for part in found for item in part.not_checked),
        tuple(item for part in found for item in part.unreadable),
        sum(part.skipped_files for part in found),
    )


def _files_first(path: Path) -> tuple[bool, bool, str]:
    """Links come last, so that a file is shown by its own name."""
    return os.path.isdir(path), os.path.islink(path), str(path)


def _of_path(
    path: Path, explicit: bool, settings: ExtractSettings, seen: set[Path]
) -> Iterator[Extraction]:
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        yield _unreadable(path, error)
        return
    if path.is_dir():
        yield from _of_folder(path, settings, seen)
    elif real not in seen:
        seen.add(real)
        yield _of_file(path, explicit, settings)


def _of_folder(folder: Path, settings: ExtractSettings, seen: set[Path]) -> Iterator[Extraction]:
    """Searches a folder in a fixed order; symbolic links are not followed."""
    errors: list[OSError] = []
    for name, folders, files in os.walk(folder, onerror=errors.append):
        here = Path(name)
        if is_assembly(here):
            folders.clear()
            if (real := here.resolve()) not in seen:
                seen.add(real)
                yield extract_assembly(shown(here))
            continue
        folders[:] = sorted(set(folders) - NEVER_SEARCHED)
        for file in sorted(files):
            path = here / file
            if path.is_symlink():
                yield Extraction(skipped_files=1)
            elif (real := path.resolve()) not in seen:
                seen.add(real)
                yield _of_file(path, False, settings)
    for error in errors:
        yield _unreadable(Path(error.filename or folder), error)


def _of_file(path: Path, explicit: bool, settings: ExtractSettings) -> Extraction:
    if explicit and path.name == MANIFEST and is_assembly(path.parent):
        return extract_assembly(shown(path.parent))
    data = b""
    try:
        data = _read(path)
        if len(data) > MAX_BYTES:
            raise ReadError(f"this file is larger than {MAX_BYTES // 1_000_000} MB", 0)
        text = decode(data)
    except OSError as error:
        return _unreadable(path, error)
    except ReadError as error:
        if explicit or _recognise(data.replace(b"\0", b"").decode("latin-1")) is not None:
            return _not_analysed(Source(shown(path), data.decode("utf-8", "replace")), error)
        return Extraction(skipped_files=1)
    extractor = _recognise(text)
    if explicit or extractor is not None:
        return _extracted(Source(shown(path), text), extractor or EXTRACTORS[0], settings)
    return Extraction(skipped_files=1)


def _read(path: Path) -> bytes:
    """The file, or its beginning. Raises OSError, and ReadError for a device, a pipe and the like.

    Of those even opening may never end.
    """
    if not S_ISREG(path.stat().st_mode):
        raise ReadError("this is not a regular file", 0)
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _recognise(text: str) -> Extractor | None:
    return next((extractor for extractor in EXTRACTORS if extractor.recognises(text)), None)


def _extracted(source: Source, extractor: Extractor, settings: ExtractSettings) -> Extraction:
    try:
        return extractor.extract(source, settings)
    except (ReadError, NotSupportedError) as error:
        return _not_analysed(source, error)
    except Exception as error:  # noqa: BLE001 - a fault of ours must not hide the other files
        message = f"policy-gate failed on this file ({error!r}): please report it"
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
