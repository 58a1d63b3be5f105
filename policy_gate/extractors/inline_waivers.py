"""Waivers that stand in the code, beside what they are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from policy_gate.accepting.waivers import inline_waiver
from policy_gate.config.section import ConfigError, Section
from policy_gate.model import InvalidWaiver, Location, WaivedPlace, Waiver
from policy_gate.syntax.node import Node
from policy_gate.syntax.source import Source

KEY = "policy-gate"
"""In the metadata of a resource or construct, as `policy-gate: {waivers: [...]}`."""

Found = Waiver | InvalidWaiver


def in_metadata(node: Node, source: Source, places: Sequence[WaivedPlace]) -> Iterator[Found]:
    """The waivers in what metadata has under `policy-gate`."""
    section = Section(source, node, "", Path())
    try:
        section.only("waivers")
        if not section.has("waivers"):
            raise section.error("the key 'waivers' is missing")
        entries = section.section("waivers").sections(least=0)
    except ConfigError as error:
        yield invalid(error, source.locate(node))
        return
    for entry in entries:
        yield waiver_of(entry, places)


def waiver_of(entry: Section, places: Sequence[WaivedPlace]) -> Found:
    try:
        return inline_waiver(entry, places)
    except ConfigError as error:
        return invalid(error, entry.source.locate(entry.node))


def invalid(error: ConfigError, nearest: Location) -> InvalidWaiver:
    location = error.location or nearest
    return InvalidWaiver(str(error).removeprefix(f"{error.location}: "), location)


def places_of(file: str, addresses: Iterable[str]) -> tuple[WaivedPlace, ...]:
    return tuple(WaivedPlace(file, address) for address in addresses)
