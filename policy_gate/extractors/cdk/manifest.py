"""The manifests of a cloud assembly: which stacks it holds, and where their parts are.

Unknown versions, artifact types and keys are no reason to refuse a manifest.
Source: https://github.com/aws/aws-cdk-cli/tree/main/packages/%40aws-cdk/cloud-assembly-schema
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from policy_gate.extractors.files import check_size, read_bytes
from policy_gate.model import Location
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.source import Source, decode, shown

MANIFEST = "manifest.json"

MAX_BYTES = 64_000_000
"""Bytes of a manifest or metadata file; with traces they grow to some megabytes."""

MAX_ASSEMBLIES = 100
"""Assemblies inside an assembly: one for each Stage."""

STACK = "aws:cloudformation:stack"
STAGE = "cdk:cloud-assembly"
ASSETS = "cdk:asset-manifest"
_KINDS = (STACK, STAGE, "cdk:tree")
_UNKNOWN = ("unknown-account", "unknown-region", "")

Json = Any


class ManifestError(Exception):
    """A part of an assembly that cannot be read: `message`, and where it is named."""

    def __init__(self, message: str, location: Location | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.location = location


@dataclass(frozen=True)
class Artifact:
    """One stack of an assembly."""

    name: str
    """As people call it: `Prod/App`."""

    stack_name: str
    folder: Path
    """Where its manifest is."""

    template: str
    """The name of its template's file, as the manifest writes it."""

    location: Location
    """Where the manifest names it."""

    account: str = ""
    region: str = ""
    """Empty where only deployment decides it."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, list[Json]] = field(default_factory=dict)
    """What the app says about its constructs, by construct path."""

    assets: Mapping[str, str] = field(default_factory=dict)
    """Names of files in the folder, by the last part of the key that each is uploaded to."""

    missing: tuple[ManifestError, ...] = ()
    """What could not be read of its metadata and assets: its template is there all the same."""


def is_assembly(directory: Path) -> bool:
    """Does the folder hold the output of `cdk synth`? Unreadable folders do not."""
    try:
        head = read_bytes(directory / MANIFEST)
    except (OSError, ReadError):
        return False
    return b'"artifacts"' in head and any(kind.encode() in head for kind in _KINDS)


def artifacts(root: Path) -> Iterator[Artifact | ManifestError]:
    """The stacks of an assembly and of its Stages, in the order of the manifests."""
    pending, seen = [root], {root.resolve()}
    while pending:
        folder = pending.pop(0)
        try:
            manifest = _Manifest.read(root, folder)
        except ManifestError as error:
            yield error
            continue
        for name, artifact in manifest.artifacts():
            kind = artifact.get("type")
            try:
                if kind == STACK:
                    yield manifest.stack(name, artifact)
                elif kind == STAGE:
                    inner = manifest.stage(name, artifact)
                    if inner.resolve() in seen or len(seen) >= MAX_ASSEMBLIES:
                        place = manifest.location(name)
                        raise ManifestError(
                            "this Stage is inside itself, or one of too many", place
                        )
                    seen.add(inner.resolve())
                    pending.append(inner)
            except ManifestError as error:
                yield error


@dataclass(frozen=True)
class _Manifest:
    root: Path
    folder: Path
    source: Source
    content: Mapping[str, Json]

    @classmethod
    def read(cls, root: Path, folder: Path) -> _Manifest:
        source = _read(root, folder / MANIFEST, None)
        return cls(root, folder, source, _json(source, None))

    def location(self, name: str) -> Location:
        """Where an artifact is named."""
        key = json.dumps(name)
        offset = max(0, self.source.text.find(key))
        return self.source.location(offset, offset + len(key))

    def artifacts(self) -> Iterator[tuple[str, Mapping[str, Json]]]:
        found = self.content.get("artifacts")
        for name, artifact in found.items() if isinstance(found, dict) else ():
            if isinstance(artifact, dict):
                yield name, artifact

    def stage(self, name: str, artifact: Mapping[str, Json]) -> Path:
        directory = _mapping(artifact.get("properties")).get("directoryName")
        if not isinstance(directory, str):
            raise ManifestError("this Stage names no folder", self.location(name))
        inner = self.folder / directory
        if not inner.resolve().is_relative_to(self.root.resolve()):
            message = f"the folder {directory!r} of this Stage is outside of the assembly"
            raise ManifestError(message, self.location(name))
        return inner

    def stack(self, name: str, artifact: Mapping[str, Json]) -> Artifact:
        properties = _mapping(artifact.get("properties"))
        template = properties.get("templateFile")
        if not isinstance(template, str):
            raise ManifestError("this stack names no template", self.location(name))
        account, _, region = str(artifact.get("environment")).removeprefix("aws://").partition("/")
        missing: list[ManifestError] = []
        return Artifact(
            _text(artifact.get("displayName")) or name,
            _text(properties.get("stackName")) or name,
            self.folder,
            template,
            self.location(name),
            "" if account in _UNKNOWN else account,
            "" if region in _UNKNOWN else region,
            {
                key: value
                for key, value in _mapping(properties.get("parameters")).items()
                if isinstance(value, str)
            },
            self.metadata(name, artifact, missing),
            self.assets(artifact, missing),
            tuple(missing),
        )

    def metadata(
        self, name: str, artifact: Mapping[str, Json], missing: list[ManifestError]
    ) -> dict[str, list[Json]]:
        """In the manifest itself, or since version 49 of it in a file beside it."""
        found = dict(_mapping(artifact.get("metadata")))
        if isinstance(file := artifact.get("additionalMetadataFile"), str):
            found |= self.beside(file, name, missing)
        return {path: entries for path, entries in found.items() if isinstance(entries, list)}

    def assets(self, artifact: Mapping[str, Json], missing: list[ManifestError]) -> dict[str, str]:
        """From the asset manifests that the stack depends on."""
        found: dict[str, str] = {}
        names = artifact.get("dependencies")
        for name in names if isinstance(names, list) else ():
            other = _mapping(_mapping(self.content.get("artifacts")).get(str(name)))
            file = _mapping(other.get("properties")).get("file")
            if other.get("type") == ASSETS and isinstance(file, str):
                content = self.beside(file, str(name), missing)
                found |= dict(_asset_files(_mapping(content.get("files"))))
        return found

    def beside(self, file: str, name: str, missing: list[ManifestError]) -> dict[str, Json]:
        """The content of a file that an artifact names, empty where it is missing."""
        place = self.location(name)
        try:
            return _json(_read(self.root, self.folder / file, place), place)
        except ManifestError as error:
            missing.append(error)
            return {}


def _asset_files(files: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    for asset in files.values():
        path = _mapping(_mapping(asset).get("source")).get("path")
        for destination in _mapping(_mapping(asset).get("destinations")).values():
            key = _mapping(destination).get("objectKey")
            if isinstance(path, str) and isinstance(key, str):
                yield key.rpartition("/")[2], path


def _read(root: Path, path: Path, place: Location | None) -> Source:
    """Raises ManifestError with the place that names the file."""
    try:
        if not path.resolve().is_relative_to(root.resolve()):
            raise ManifestError(f"{shown(path)} is outside of the assembly", place)
        data = read_bytes(path, MAX_BYTES)
        check_size(data, MAX_BYTES)
        return Source(shown(path), decode(data))
    except ReadError as error:
        raise ManifestError(f"{shown(path)} cannot be read: {error.message}", place) from error
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "this path cannot be resolved"
        raise ManifestError(f"{shown(path)} cannot be read: {reason}", place) from error


def _json(source: Source, place: Location | None) -> dict[str, Json]:
    try:
        content = json.loads(source.text)
    except (ValueError, RecursionError) as error:
        message = f"{source.path} is not JSON: {getattr(error, 'msg', 'it nests too deep')}"
        offset = getattr(error, "pos", 0)
        raise ManifestError(message, place or source.location(offset, offset)) from error
    if not isinstance(content, dict):
        raise ManifestError(f"{source.path} holds no JSON object", place)
    return content


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
