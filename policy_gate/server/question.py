"""The members of a request, as its operation asks for them.

Source: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from policy_gate.server.routes import path_members
from policy_gate.server.wire import JSON, RefusedError, Request, invalid


class Question(NamedTuple):
    """A request's members, of its JSON body, its query string and its path alike."""

    members: Mapping[str, Any]

    def text(self, name: str, allowed: Sequence[str] = ()) -> str:
        """A member that must be there. Raises RefusedError."""
        value = self.optional_text(name, allowed)
        if value is None:
            raise _wrong(name, "is required")
        return value

    def optional_text(self, name: str, allowed: Sequence[str] = ()) -> str | None:
        """A member, None where it is missing. Raises RefusedError."""
        value = self.members.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise _wrong(name, "must be a string")
        if allowed and value not in allowed:
            raise _wrong(name, f"is {value[:100]!a}, must be one of {', '.join(allowed)}")
        return value

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A member, which in a query string has digits. Raises RefusedError."""
        value = self.members.get(name, default)
        text = "" if isinstance(value, bool) else str(value)
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise _wrong(name, "must be a number")
        if not least <= int(text) <= most:
            raise _wrong(name, f"must be between {least} and {most}")
        return int(text)

    def texts(self, name: str, most: int, longest: int | None = None) -> list[str]:
        """A list of strings, empty where it is missing. Raises RefusedError."""
        value = self.members.get(name)
        items = [] if value is None else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise _wrong(name, "must be a list of strings")
        if len(items) > most:
            raise _wrong(name, f"has more than {most} items")
        if longest is not None and any(len(item) > longest for item in items):
            raise _wrong(name, f"has an item of more than {longest} characters")
        return items


def _wrong(name: str, problem: str) -> RefusedError:
    return invalid(f"{name} {problem}", "fieldValidationFailed", {name: problem})


def read_question(request: Request, operation: str) -> Question:
    """The members of a request that is for that operation of REST. Raises RefusedError."""
    if request.media_type not in ("", JSON):
        raise RefusedError("UnsupportedMediaTypeException", 415, f"the Content-Type must be {JSON}")
    try:
        content = json.loads(request.body.decode("utf-8") or "{}", object_pairs_hook=_distinct)
    except (ValueError, RecursionError) as error:
        raise invalid("the body is not JSON in UTF-8", "cannotParse") from error
    if not isinstance(content, dict):
        raise invalid("the body must be a JSON object", "cannotParse")
    try:
        query = dict(parse_qsl(request.query, keep_blank_values=True, max_num_fields=20))
    except ValueError as error:
        raise invalid("the query string has too many members", "cannotParse") from error
    return Question({**content, **query, **(path_members(operation, request) or {})})


def _distinct(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a key stands twice")
    return members
