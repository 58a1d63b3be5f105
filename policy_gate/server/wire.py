"""Requests and answers of IAM Access Analyzer as they go over the wire: REST-JSON.

Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Operations.html and
https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from policy_gate.syntax.json_reader import read_json
from policy_gate.syntax.node import ReadError

Reason = Literal["unknownOperation", "cannotParse", "fieldValidationFailed", "other"]


class Reply(NamedTuple):
    """An HTTP answer: status, the error type for its header, and the JSON body."""

    status: int
    body: Mapping[str, Any]
    error: str | None = None


class RefusedError(Exception):
    """The service refuses a request: its error code, HTTP status and members."""

    def __init__(self, code: str, status: int, message: str, **members: object) -> None:
        super().__init__(message)
        self.reply = Reply(status, {"message": message, **members}, code)


def invalid(message: str, reason: Reason, fields: Mapping[str, str] | None = None) -> RefusedError:
    """A ValidationException; `fields` says what is wrong with which member."""
    listed = [{"name": name, "message": text} for name, text in (fields or {}).items()]
    members = {"reason": reason, **({"fieldList": listed} if listed else {})}
    return RefusedError("ValidationException", 400, message, **members)


class Question(NamedTuple):
    """A request: its path, and the members of its body and query string."""

    path: str
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
            raise _wrong(name, f"must be one of {', '.join(allowed)}")
        return value

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A member of the query string. Raises RefusedError."""
        text = self.members.get(name, str(default))
        if not (isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 10):
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


def read_question(target: str, body: bytes) -> Question:
    """The question of a request target and body. Raises RefusedError."""
    address = urlsplit(target)
    try:
        content = read_json(body.decode("utf-8")).plain() if body else {}
    except (UnicodeDecodeError, ReadError) as error:
        raise invalid("the body is not JSON in UTF-8", "cannotParse") from error
    if not isinstance(content, dict):
        raise invalid("the body must be a JSON object", "cannotParse")
    try:
        query = dict(parse_qsl(address.query, keep_blank_values=True, max_num_fields=20))
    except ValueError as error:
        raise invalid("the query string has too many members", "cannotParse") from error
    return Question(address.path, {**content, **query})


def encoded(reply: Reply) -> bytes:
    """The body of a reply as JSON in ASCII."""
    return json.dumps(reply.body).encode("ascii")
