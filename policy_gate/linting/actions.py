"""Actions as policies write them: with wildcards, and without regard to case."""

from __future__ import annotations

import re

from policy_gate.linting.patterns import wildcard_pattern
from policy_gate.linting.view import Statement

_WILDCARD = re.compile(r"[*?]")


def covers(text: str, action: str) -> bool:
    """Whether what a policy writes covers an action."""
    text, action = text.lower(), action.lower()
    pieces = _WILDCARD.split(text)
    if len(pieces) == 1:
        return text == action
    # Few texts come near, and a pattern is slow to make.
    near = sum(map(len, pieces)) <= len(action) and all(piece in action for piece in pieces)
    return near and wildcard_pattern(text).fullmatch(action) is not None


def concerns(statement: Statement, action: str) -> bool:
    """Whether a statement is about an action: Action covers it, or NotAction leaves it in."""
    if statement.element("NotAction"):
        return not any(covers(text.value, action) for text in statement.texts("NotAction"))
    return any(covers(text.value, action) for text in statement.texts("Action"))


def service_of(action: str) -> str:
    """The prefix of the service in lower case; empty where it is none or has a wildcard."""
    service, colon, _ = action.lower().partition(":")
    return service if colon and not re.search(r"[^a-z0-9-]", service) else ""
