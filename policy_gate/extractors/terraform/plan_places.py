"""Where a plan has its resources, for those that no sources place."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cached_property

from policy_gate.extractors.terraform.values import Place
from policy_gate.syntax.source import Source

_CHANGES = re.compile(r'"resource_changes"\s*:')
_ADDRESS = re.compile(r'"address"\s*:\s*("(?:[^"\\]|\\.)*")')


class PlanPlaces:
    """The text of one plan, which begins at an offset of its file."""

    def __init__(self, source: Source, start: int = 0) -> None:
        self.source = source
        self.start = start

    @property
    def whole(self) -> Place:
        return Place(self.source, self.start, self.start)

    def of(self, address: str) -> Place:
        """The address of the resource among the changes, or the whole plan."""
        span = self._addresses.get(address)
        return Place(self.source, *span) if span else self.whole

    @cached_property
    def _addresses(self) -> Mapping[str, tuple[int, int]]:
        text = self.source.text
        changes = _CHANGES.search(text, self.start)
        found: dict[str, tuple[int, int]] = {}
        for match in _ADDRESS.finditer(text, changes.end() if changes else self.start):
            found.setdefault(json.loads(match.group(1), strict=False), match.span(1))
        return found
