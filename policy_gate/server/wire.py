"""Requests, answers and refusals as they go over the wire.

Source: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from email.message import Message
from typing import Any, Literal, NamedTuple

Reason = Literal["unknownOperation", "cannotParse", "fieldValidationFailed", "other"]

JSON = "application/json"


class Request(NamedTuple):
    """An HTTP request, and the id that its answer bears."""

    method: str
    path: str
    query: str
    headers: Message
    body: bytes
    id: str

    @property
    def media_type(self) -> str:
        """That of the body, in lower case; empty where the request does not say."""
        header: str = self.headers.get("Content-Type", "")
        return header.partition(";")[0].strip().lower()


class Manner(NamedTuple):
    """How an answer is sent, where that is not at once and whole."""

    delay: float = 0.0
    """Seconds that pass before it."""

    spread: float = 0.0
    """Seconds over which its content is sent, a little at a time."""

    cut: bool = False
    """Does the connection end half-way through the content?"""

    reset: bool = False
    """Is the connection reset in place of an answer?"""


class Reply(NamedTuple):
    """An HTTP answer; `error` is the error type for its header."""

    status: int
    content: bytes
    error: str | None = None
    media_type: str = JSON
    manner: Manner = Manner()


Respond = Callable[[Request], Reply]


def reply(body: Mapping[str, Any], status: int = 200, error: str | None = None) -> Reply:
    """The reply with that body, as JSON in ASCII."""
    return Reply(status, json.dumps(body).encode("ascii"), error)


class RefusedError(Exception):
    """The service refuses a request: its error code, HTTP status and members."""

    def __init__(self, code: str, status: int, message: str, **members: object) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.message = message
        self.reply = reply({"message": message, **members}, status, code)
        """The refusal in JSON."""


def invalid(message: str, reason: Reason, fields: Mapping[str, str] | None = None) -> RefusedError:
    """A ValidationException; `fields` says what is wrong with which member."""
    listed = [{"name": name, "message": text} for name, text in (fields or {}).items()]
    members = {"reason": reason, **({"fieldList": listed} if listed else {})}
    return RefusedError("ValidationException", 400, message, **members)
