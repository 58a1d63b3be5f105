"""From the logical ids of a stack to the constructs of the app that they come from.

Source: https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Any

_LOGICAL_ID = "aws:cdk:logicalId"
_CREATION = "aws:cdk:creationStack"
_ASSIGNMENT = "aws:cdk:propertyAssignment"
MAX_FRAMES = 200
"""Frames of one trace that are looked at."""

Trace = tuple[str, ...]
"""Frames as text, the innermost first."""


@dataclass(frozen=True, slots=True)
class Traced:
    """A construct, with the traces of what made it."""

    path: str
    """Without the leading slash: `App/Fn/ServiceRole/Resource`."""

    created: tuple[Trace, ...] = ()
    assigned: tuple[tuple[str, Trace], ...] = ()
    """The properties that were assigned later, and how."""

    @property
    def all(self) -> tuple[Trace, ...]:
        return (*self.created, *(trace for _, trace in self.assigned))


def constructs_of(metadata: Mapping[str, list[Json]]) -> dict[str, Traced]:
    """The constructs of a stack by the address of their resource.

    The address is the logical id, in a nested stack with those of the stacks that hold it before it
    (`Worker/Topic`). The metadata of nested stacks stands in that of the stack that holds them.
    """
    by_owner: dict[str, dict[str, str]] = {}
    nested = _nested_stacks(metadata)
    for path, logical_id in _logical_ids(metadata):
        owner = next((inner for inner in _above(path) if inner in nested), "")
        by_owner.setdefault(owner, {})[logical_id] = path
    return {
        address: _traced(path, metadata[path])
        for address, path in _addresses("", "", by_owner, nested)
    }


def _nested_stacks(metadata: Mapping[str, list[Json]]) -> dict[str, str]:
    """The paths of nested stacks, each with the path of the resource that makes it.

    The resource of a stack `/App/Worker` is `/App/Worker.NestedStack/Worker.NestedStackResource`.
    """
    found = {}
    for path, _ in _logical_ids(metadata):
        holder, _, name = path.rpartition("/")
        stack = holder.removesuffix(".NestedStack")
        if stack != holder and name == f"{stack.rpartition('/')[2]}.NestedStackResource":
            found[stack] = path
    return found


def _logical_ids(metadata: Mapping[str, list[Json]]) -> Iterator[tuple[str, str]]:
    for path, entries in metadata.items():
        for entry in _of_type(entries, _LOGICAL_ID):
            if isinstance(logical_id := entry.get("data"), str):
                yield path, logical_id


def _of_type(entries: list[Json], kind: str) -> Iterator[dict[str, Json]]:
    for entry in entries:
        if isinstance(entry, dict) and entry.get("type") == kind:
            yield entry


def _above(path: str) -> Iterator[str]:
    """The paths that hold a path, the nearest first."""
    while path := path.rpartition("/")[0]:
        yield path


def _addresses(
    owner: str, address: str, by_owner: Mapping[str, Mapping[str, str]], nested: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """The resources of one stack and of the stacks in it; each path is met once."""
    inner = {resource: stack for stack, resource in nested.items()}
    for logical_id, path in by_owner.get(owner, {}).items():
        yield f"{address}{logical_id}", path
        if path in inner:
            yield from _addresses(inner[path], f"{address}{logical_id}/", by_owner, nested)


def _traced(path: str, entries: list[Json]) -> Traced:
    created = [_trace(entry.get("data")) for entry in _of_type(entries, _CREATION)]
    created += [_trace(entry.get("trace")) for entry in _of_type(entries, _LOGICAL_ID)]
    assigned = []
    for entry in _of_type(entries, _ASSIGNMENT):
        data = entry.get("data")
        if isinstance(data, dict) and isinstance(name := data.get("propertyName"), str):
            assigned.append((name, _trace(data.get("stackTrace"))))
    return Traced(path.lstrip("/"), tuple(filter(None, created)), tuple(assigned))


def _trace(frames: Json) -> Trace:
    if not isinstance(frames, list):
        return ()
    return tuple(frame for frame in frames[:MAX_FRAMES] if isinstance(frame, str))
