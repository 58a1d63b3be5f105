"""Waivers in the comments of Terraform's files, as

# policy-gate:waive CODE reason="until the role is split" expires=2026-12-31 owner=alice

right above a resource, a policy document or a statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from policy_gate.config.section import Section
from policy_gate.extractors.inline_waivers import Found, waiver_of
from policy_gate.model import Location, Policy, WaivedPlace
from policy_gate.syntax.node import Node
from policy_gate.syntax.source import Source

_COMMENT = re.compile(r"\s*(?:#|//)")
_MARK = re.compile(r"\s*(?:#|//)\s*policy-gate:waive\b[ \t]*")
_KEY = re.compile(r"(?:(?<=\s)|\A)([a-z]+)=")


class Comments:
    """The waivers in the comments of some files, and the policies that they stand above."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._sources = [source for source in sources if "policy-gate:waive" in source.text]
        self._lines = {source.path: source.text.split("\n") for source in self._sources}
        self._places: dict[tuple[str, int], dict[WaivedPlace, None]] = {}

    def attach(self, policy: Policy, header: Location) -> None:
        """Looks above the resource, the document and the statements of a policy."""
        if not self._sources:
            return
        identity = policy.identity
        whole = WaivedPlace(identity.file, identity.resource_address)
        self._above(header, whole)
        own = whole._replace(policy_name=identity.policy_name)
        for path, location in policy.sources.values.items():
            if path in ((), ("Statement",)):
                self._above(location, own)
            elif path[0] == "Statement" and len(path) == 2 and isinstance(path[1], int):
                self._above(location, own._replace(statement_index=path[1]))

    def _above(self, location: Location, place: WaivedPlace) -> None:
        lines = self._lines.get(location.path, ())
        number = location.line - 1
        while 1 <= number <= len(lines) and _COMMENT.match(lines[number - 1]):
            self._places.setdefault((location.path, number), {})[place] = None
            number -= 1

    def waivers(self) -> Iterator[Found]:
        """All of them; one that stands above no policy is about none."""
        for source in self._sources:
            start = 0
            for number, line in enumerate(self._lines[source.path], 1):
                if mark := _MARK.match(line):
                    nowhere = {WaivedPlace(source.path, ""): None}
                    places = tuple(self._places.get((source.path, number), nowhere))
                    yield _waiver(source, start + mark.end(), line[mark.end() :], places)
                start += len(line) + 1


def _waiver(source: Source, start: int, text: str, places: Sequence[WaivedPlace]) -> Found:
    text = text.rstrip()
    found = list(_KEY.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    entries: dict[str, Node] = {}
    keys: dict[str, tuple[int, int]] = {}
    if code := text[: found[0].start() if found else len(text)].strip():
        entries["code"], keys["code"] = Node(code, start, start + len(code)), (start, start)
    for match, end in zip(found, ends, strict=False):
        # A key that is there twice is none of those that a waiver has.
        key = match[1] if match[1] not in entries else f"{match[1]} (again)"
        value = text[match.end() : end].strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        entries[key] = Node(value, start + match.end(), start + end)
        keys[key] = start + match.start(), start + match.end()
    node = Node(entries, start, start + len(text), keys)
    return waiver_of(Section(source, node, "", Path()), places)
