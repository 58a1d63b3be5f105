"""Texts that stand for values that are not known."""

from __future__ import annotations

import re
import zlib

_NO_NAME = re.compile(r"[^A-Za-z0-9]+")


def stand_in(expression: str) -> str:
    """A text for a value that is not known, alike in every run and like no name a person gives."""
    name = _NO_NAME.sub("-", expression).strip("-").lower()[:40]
    return f"deferred-{name}-{zlib.crc32(expression.encode('utf-8', 'surrogatepass')):08x}"
