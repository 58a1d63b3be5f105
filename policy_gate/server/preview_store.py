"""The access previews that clients have asked for, of which the oldest are forgotten."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any, NamedTuple

MAX_PREVIEWS = 1000
"""Access previews that are kept; the oldest go."""

MAX_CHARACTERS = 20_000_000
"""Characters of the configurations of all access previews that are kept."""


class Preview(NamedTuple):
    id: str
    configurations: Mapping[str, Any]
    created: str
    """The time, in the format ISO 8601."""

    findings: Sequence[Mapping[str, Any]] | None
    """None where the policy is none."""

    size: int
    """Characters of the configurations."""


class PreviewStore:
    """Previews by id. Several threads may use it."""

    def __init__(self) -> None:
        self._previews: OrderedDict[str, Preview] = OrderedDict()
        self._characters = 0
        self._lock = Lock()

    def add(self, preview: Preview) -> None:
        with self._lock:
            self._previews[preview.id] = preview
            self._characters += preview.size
            while len(self._previews) > MAX_PREVIEWS or self._characters > MAX_CHARACTERS:
                _, oldest = self._previews.popitem(last=False)
                self._characters -= oldest.size

    def get(self, preview_id: str) -> Preview | None:
        with self._lock:
            return self._previews.get(preview_id)
