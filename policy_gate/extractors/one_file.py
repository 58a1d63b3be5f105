"""One file, or one cloud assembly, to what it holds. Nothing here raises."""

from __future__ import annotations

import shlex
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

from policy_gate.extractors.cdk.assembly import extract_assembly
from policy_gate.extractors.files import MAX_BYTES, opened, read_bytes
from policy_gate.extractors.interface import (
    Extractor,
    ExtractSettings,
    NotSupportedError,
    OtherFilesError,
)
from policy_gate.extractors.recognise import Read, explaining, read, recognised
from policy_gate.extractors.unmade import maker
from policy_gate.fault import fault
from policy_gate.model import (
    Extraction,
    Input,
    NotChecked,
    PolicyIdentity,
    ReasonCode,
    Unreadable,
)
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.source import Source, shown

ASSEMBLY = "CDK cloud assembly"
"""The format of the folder that `cdk synth` makes."""

STANDARD_INPUT = "<stdin>"
"""What standard input is called in reports."""


class File(NamedTuple):
    """A file, or the folder of a cloud assembly."""

    path: Path
    is_named: bool
    """Did the user name it? Then it is an error where it is no input."""

    is_assembly: bool = False

    @property
    def name(self) -> str:
        """As the user would write it."""
        return shown(self.path)

    @property
    def real(self) -> str:
        """As other templates that lead to it name it."""
        return shown(self.path.resolve())


def of_file(file: File, settings: ExtractSettings) -> Extraction:
    if file.is_assembly:
        return _assembly(file.path, settings)
    try:
        with opened(file.path) as stream:
            found = read(stream)
    except OSError as error:
        return unreadable(file.path, error)
    except ReadError as error:
        found = Read("", error)
    return _of_read(found, file.name, settings, is_named=file.is_named)


class Parcel(NamedTuple):
    """A file as it travels to where the others of its project are not at hand."""

    name: str
    is_named: bool
    data: bytes | None
    """None where only this machine can read it."""


def parcel(file: File) -> Parcel:
    """The file itself, unless it is a cloud assembly, or a plan that is larger than templates."""
    data = None
    if not file.is_assembly:
        try:
            data = read_bytes(file.path)
        except (OSError, ReadError):
            # The same happens again where it is read, and is reported then.
            data = None
    is_small = data is not None and len(data) <= MAX_BYTES
    return Parcel(file.name, file.is_named, data if is_small else None)


def of_parcel(parcel: Parcel, settings: ExtractSettings) -> Extraction | None:
    """What `of_file` gives; None where that takes other files of the project."""
    if parcel.data is None:
        return None
    alone = replace(settings, has_files=False)
    try:
        found = read(BytesIO(parcel.data))
        return _of_read(found, parcel.name, alone, is_named=parcel.is_named)
    except OtherFilesError:
        return None


def died(file: File | Parcel) -> Extraction:
    """What stands for a file whose worker died of it."""
    message = "the process that read it died, as it does when memory runs out"
    return Extraction(unreadable=(Unreadable(file.name, message),))


def of_stream(stream: BinaryIO, settings: ExtractSettings) -> Extraction:
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
        found = extractor.extract(source, settings)
        return replace(found, inputs=(Input(source.path, extractor.name),))
    except OtherFilesError:
        raise
    except (ReadError, NotSupportedError) as error:
        return _not_analysed(source, error)
    except Exception as error:  # noqa: BLE001 - a fault of ours must not hide the other files
        return _failed(source, error)


def _assembly(folder: Path, settings: ExtractSettings) -> Extraction:
    try:
        found = extract_assembly(folder, settings)
        return replace(found, inputs=(Input(shown(folder), ASSEMBLY),))
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


def unreadable(path: Path, error: Exception) -> Extraction:
    """What a path holds that the file system does not give."""
    reason = getattr(error, "strerror", None) or "this path cannot be resolved"
    advice = maker(path) if isinstance(error, FileNotFoundError) else ""
    return Extraction(unreadable=(Unreadable(shown(path), reason + advice),))
