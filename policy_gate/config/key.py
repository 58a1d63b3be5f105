"""What a key of the configuration is: its reader and its page both take it from here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias


class Key(NamedTuple):
    """One key, in words for who writes the file."""

    form: str
    """What may stand there."""

    default: str
    """What holds where it is absent, or `required`."""

    meaning: str


Keys: TypeAlias = Mapping[str, Key]
"""The keys of one section by their names. A section takes no others."""
