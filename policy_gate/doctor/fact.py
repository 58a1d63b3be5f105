"""One thing that the doctor found out."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """Whether a run can work with it."""

    OK = "ok"
    NOTE = "note"
    """Worth knowing; it keeps no run from its work."""

    PROBLEM = "problem"
    """A run would end with an error, or could not read all that it was given."""


class Fact(NamedTuple):
    topic: str
    """As `configuration`."""

    state: State
    text: str
    """A sentence or less; it may hold text of any origin, but never a secret."""
