"""The only AWS that tests know: `policy-gate serve`, where a test may inject faults.

Two ways: `faults`, as `policy-gate serve --fault` takes them, happen to calls by their number; a
`script` answers in place of the server.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import pytest

from policy_gate.analyzers.embedded import EmbeddedAnalyzer
from policy_gate.server.faults import parse_fault
from policy_gate.server.listener import Server
from policy_gate.server.responder import DEFAULT_SETTINGS, Settings, responder
from policy_gate.server.routes import form_of, is_query, operation_of
from policy_gate.server.wire import Reply, Request, Respond, reply


class Call(NamedTuple):
    """A request that arrived: `question` is the body and the query string together."""

    question: Mapping[str, Any]
    headers: Message
    operation: str | None
    """As `ValidatePolicy`, None where the server knows no such operation."""


Script = Callable[[Call], Reply | None]
"""What is answered in place of the server, if anything."""


class LocalAws(NamedTuple):
    url: str
    calls: list[Call]


def refusal(code: str, status: int, message: str = "no") -> Reply:
    """An error as the service gives it."""
    return reply({"message": message}, status, code)


def in_turn(*replies: Reply | None) -> Script:
    """Answers the first call with the first reply, and so on; None leaves it to the server."""
    waiting = iter(replies)
    return lambda call: next(waiting)


@contextmanager
def serving(respond: Respond, **bounds: Any) -> Iterator[str]:
    """Serves on a free port; gives the URL. `bounds` are those of the Server."""
    server = Server("127.0.0.1", 0, respond, **bounds)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def running(
    script: Script = lambda call: None,
    faults: Sequence[str] = (),
    settings: Settings = DEFAULT_SETTINGS,
) -> Iterator[LocalAws]:
    """The embedded analyzer over HTTP, but for the faults and the calls that the script answers.

    Every call is listed, whatever happens to it.
    """
    calls: list[Call] = []
    happening = settings._replace(faults=[parse_fault(text) for text in faults])
    answer = responder(EmbeddedAnalyzer(), happening)

    def respond(request: Request) -> Reply:
        body = form_of(request) if is_query(request) else json.loads(request.body or "{}")
        question = {**body, **dict(parse_qsl(request.query))}
        calls.append(Call(question, request.headers, operation_of(request)))
        return script(calls[-1]) or answer(request)

    with serving(respond) as url:
        yield LocalAws(url, calls)


def only_this_aws(monkeypatch: pytest.MonkeyPatch, directory: Path, url: str) -> None:
    """An environment with credentials and a region, in which AWS is at `url` and nowhere else."""
    no_aws(monkeypatch, directory)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)


def no_aws(monkeypatch: pytest.MonkeyPatch, directory: Path) -> None:
    """An environment in which the AWS SDK finds nothing; its files would be in `directory`."""
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower() in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(directory / "cache"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(directory / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(directory / "credentials"))
