"""GitHub's own description of its API, which judges what we ask and what our server answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

FILE = Path(__file__).parent / "data" / "github" / "openapi.json"
_HOST = "https://api.github.com"


@cache
def _description() -> Any:
    return json.loads(FILE.read_text())


@cache
def _judge() -> OpenAPI:
    return OpenAPI.from_dict(_description())


def example(name: str) -> Any:
    """A copy of an example of the description."""
    value = deepcopy(_description()["components"]["examples"][name]["value"])
    return value[0] if isinstance(value, list) else value


def objections(verb: str, target: str, body: bytes, status: int, answer: bytes) -> list[str]:
    """What the description has against a request, or against our answer to it."""
    parts = urlsplit(target)
    request = MockRequest(
        _HOST, verb, parts.path, args=dict(parse_qsl(parts.query)), data=body or None
    )
    response = MockResponse(answer, status)
    found = []
    checks: dict[str, Callable[[], object]] = {
        "request": lambda: _judge().validate_request(request),
        "answer": lambda: _judge().validate_response(request, response),
    }
    for what, check in checks.items():
        try:
            check()
        except Exception as error:  # noqa: BLE001 - whatever it objects to
            found.append(f"{what} {verb} {target}: {error!r} {error.__cause__!r}"[:1000])
    return found
