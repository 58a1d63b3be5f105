"""Requests and answers of IAM Access Analyzer as they go over the wire: REST-JSON.

Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Operations.html and
https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from email.message import Message
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qsl

Reason = Literal["unknownOperation", "cannotParse", "fieldValidationFailed", "other"]

_JSON = "application/json"


class Request(NamedTuple):
    """An HTTP request."""

    method: str
    path: str
    query: str
    headers: Message
    body: bytes


class Reply(NamedTuple):
    """An HTTP answer: status, JSON, and the error type for its header."""

    status: int
    content: bytes
    error: str | None = None


Respond = Callable[[Request], Reply]


def reply(body: Mapping[str, Any], status: int = 200, error: str | None = None) -> Reply:
    """The reply with that body, as JSON in ASCII."""
    return Reply(status, json.dumps(body).encode("ascii"), error)


class RefusedError(Exception):
    """The service refuses a request: its error code, HTTP status and members."""

    def __init__(self, code: str, status: int, message: str, **members: object) -> None:
        super().__init__(message)
        self.reply = reply({"message": message, **members}, status, code)


def invalid(message: str, reason: Reason, fields: Mapping[str, str] | None = None) -> RefusedError:
    """A ValidationException; `fields` says what is wrong with which member."""
    listed = [{"name": name, "message": text} for name, text in (fields or {}).items()]
    members = {"reason": reason, **({"fieldList": listed} if listed else {})}
    return RefusedError("ValidationException", 400, message, **members)


class Question(NamedTuple):
    """A request's members: those of its JSON body, and those of its query string."""

    members: Mapping[str, Any]
    query: Mapping[str, str] = {}

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
        """A member of the query string. Raises RefusedError."""
        text = self.query.get(name, str(default))
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


def read_question(request: Request) -> Question:
    """The members of a request. Raises RefusedError."""
    media_type = request.headers.get("Content-Type", _JSON).partition(";")[0].strip().lower()
    if media_type != _JSON:
        raise RefusedError(
            "UnsupportedMediaTypeException", 415, f"the Content-Type must be {_JSON}"
        )
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
    return Question(content, query)


def _distinct(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a key stands twice")
    return members
