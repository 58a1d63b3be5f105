"""Actions as policies write them: with wildcards, and without regard to case."""

from __future__ import annotations

import re

from policy_gate.casing import folded
from policy_gate.catalog.interface import Catalog
from policy_gate.linting.patterns import wildcard_pattern
from policy_gate.linting.view import Statement

_WILDCARD = re.compile(r"[*?]")


def covers(text: str, action: str) -> bool:
    """Whether what a policy writes covers an action."""
    text, action = folded(text), folded(action)
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
    service, colon, _ = folded(action).partition(":")
    return service if colon and not re.search(r"[^a-z0-9-]", service) else ""


def condition_keys_of(catalog: Catalog, name: str) -> frozenset[str] | None:
    """The keys in lower case that requests for an action can have, but for those of all services.

    None where the action is not known.
    """
    action = catalog.action(name)
    if action is None:
        return None
    kinds = catalog.resource_types(action.service)
    keys = {*action.condition_keys}
    for resource in action.resource_types:
        keys.update(resource.condition_keys)
        if kind := kinds.get(resource.name.lower()):
            keys.update(kind.condition_keys)
    return frozenset(key.lower() for key in keys)
