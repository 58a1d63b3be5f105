"""What the variables of a job may hold, on whichever platform."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)
TOKEN = re.compile(r"[!-~]+", re.ASCII)
"""What a header can hold whole."""


def is_url(text: str) -> bool:
    """Is it a plain URL of the web, to which a path may be added?"""
    try:
        parts = urlsplit(text)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_plain = not (parts.query or parts.fragment or parts.username or parts.password)
    is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and has_port
    return is_web and is_plain and TOKEN.fullmatch(text) is not None
