"""The files of a run in equal shares, for runs that divide the work.

What counts as an input is dealt out one by one in the order of the paths, and so is the rest. A
cloud assembly stays together. Which templates others nest has to be known of all of them: those
that may nest one are read in each share, and only counted in their own.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from policy_gate.extractors.cdk.assembly import MANIFEST
from policy_gate.extractors.discover import Met
from policy_gate.extractors.files import MAX_BYTES, opened
from policy_gate.extractors.one_file import File
from policy_gate.extractors.recognise import recognised
from policy_gate.extractors.terraform.recognition import is_binary_plan
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.source import decode

_MAY_NEST = re.compile(
    r"CloudFormation::(?:ChangeSet|Stack)|Serverless::Application|Fn::ForEach|\\[uUx\r\n]"
)
"""What is in a text that leads to another file: a type that does, or what may write one."""


_BLOCK = 1_000_000


@dataclass(frozen=True, slots=True)
class Share:
    """One share of the files, and what identifies all of them."""

    number: int
    """From 1 to `count`."""

    count: int
    met: Met
    inputs: int
    """Inputs in this share."""

    total: int
    """Inputs in all shares."""

    contents: str
    """SHA-256 in hexadecimal of the paths and contents of the inputs in all shares."""


class _Seen(NamedTuple):
    """A file as far as it matters to which share it belongs."""

    file: File
    unit: str
    """The path, relative to the working directory, of what has to stay together."""

    is_input: bool
    may_nest: bool
    digest: bytes


def share_of(met: Met, number: int, count: int) -> Share:
    """The share with this number, from 1 to `count`. Every file is in one of them, and in no other.

    The same paths give the same shares, whatever their order.
    """
    assemblies = _outermost(file.path for file in met.files if file.is_assembly)
    seen = [_seen(file, assemblies) for file in met.files]
    inputs = sorted({item.unit for item in seen if item.is_input})
    rest = sorted({item.unit for item in seen}.difference(inputs))
    own = {*inputs[number - 1 :: count], *rest[number - 1 :: count]}
    kept = [item for item in seen if item.unit in own or item.may_nest]
    leading = frozenset(item.file for item in kept if item.unit not in own)
    files = tuple(item.file for item in kept)
    return Share(
        number,
        count,
        Met(files, met.others[number - 1 :: count], leading),
        len(inputs[number - 1 :: count]),
        len(inputs),
        _contents([item for item in seen if item.is_input]),
    )


def _outermost(folders: Iterable[Path]) -> Mapping[Path, str]:
    """The folders that are in no other, by their real paths."""
    real = {folder.resolve(): _relative(folder) for folder in folders}
    return {path: name for path, name in real.items() if real.keys().isdisjoint(path.parents)}


def _relative(path: Path) -> str:
    return Path(os.path.relpath(path)).as_posix()


def _seen(file: File, assemblies: Mapping[Path, str]) -> _Seen:
    around = (file.path.resolve(), *file.path.resolve().parents)
    unit = next((assemblies[path] for path in around if path in assemblies), "")
    if file.is_assembly:
        return _Seen(file, unit, True, False, _digest(file.path / MANIFEST))
    try:
        with opened(file.path) as stream:
            head = stream.read(MAX_BYTES)
    except (OSError, ReadError):
        head = b""
    text = _text(head)
    is_input = file.is_named or is_binary_plan(head) or recognised(text) is not None
    may_nest = is_input and _MAY_NEST.search(text) is not None
    digest = _digest(file.path) if is_input else b""
    return _Seen(file, unit or _relative(file.path), is_input, may_nest, digest)


def _text(data: bytes) -> str:
    try:
        return decode(data, "replace")
    except ReadError:
        return data.replace(b"\0", b"").decode("utf-8", "replace")


def _digest(path: Path) -> bytes:
    try:
        with opened(path) as stream:
            digest = sha256()
            while data := stream.read(_BLOCK):
                digest.update(data)
            return digest.digest()
    except (OSError, ReadError):
        return b""


def _contents(inputs: Sequence[_Seen]) -> str:
    total = sha256()
    for name, digest in sorted((_relative(item.file.path), item.digest) for item in inputs):
        data = name.encode("utf-8", "surrogateescape")
        total.update(b"%d:%s%s;" % (len(data), data, digest.hex().encode()))
    return total.hexdigest()
