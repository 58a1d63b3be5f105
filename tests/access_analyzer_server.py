"""A local HTTP server that speaks the protocol of IAM Access Analyzer (REST-JSON).

It judges nothing: a test says what it answers. It does hold both sides to the service's own
description, the model that botocore ships: a request beyond it is refused as AWS refuses it, and
an answer beyond it fails the test that gave it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

MODEL = ServiceModel(Loader().load_service_model("accessanalyzer", "service-2"))
OPERATIONS = {
    MODEL.operation_model(name).http["requestUri"]: MODEL.operation_model(name)
    for name in (
        "ValidatePolicy",
        "CheckNoNewAccess",
        "CheckAccessNotGranted",
        "CheckNoPublicAccess",
    )
}


@dataclass(frozen=True)
class Call:
    """A request that arrived: `question` is the body and the query string together."""

    operation: str
    question: Mapping[str, Any]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Respond = Callable[[Call], "Mapping[str, Any] | Reply"]


def refusal(code: str, status: int, message: str = "no") -> Reply:
    """An error as the service gives it."""
    return Reply(json.dumps({"message": message}).encode(), status, {"x-amzn-ErrorType": code})


def in_turn(*replies: Mapping[str, Any] | Reply) -> Respond:
    """Answers the first call with the first reply, and so on."""
    waiting = iter(replies)
    return lambda call: next(waiting)


def all_pass(call: Call) -> Mapping[str, Any]:
    if call.operation == "ValidatePolicy":
        return {"findings": []}
    return {"result": "PASS", "message": "passed"}


class AccessAnalyzerServer:
    """Its `url`, the `calls` that arrived and the `faults` of the test itself."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond
        self.calls: list[Call] = []
        self.faults: list[str] = []
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def handle(self, target: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        address = urlsplit(target)
        operation = OPERATIONS.get(address.path)
        if operation is None:
            return refusal("ResourceNotFoundException", 404, f"no operation at {address.path}")
        question = {**json.loads(body), **dict(parse_qsl(address.query))}
        call = Call(operation.name, question, headers)
        self.calls.append(call)
        if problems := _problems(operation.input_shape, question):
            return refusal("ValidationException", 400, problems)
        answer = self.respond(call)
        if isinstance(answer, Reply):
            return answer
        if problems := _problems(operation.output_shape, answer):
            self.faults.append(problems)
        return Reply(json.dumps(answer).encode())


@contextmanager
def running(respond: Respond = all_pass) -> Iterator[AccessAnalyzerServer]:
    server = AccessAnalyzerServer(respond)
    thread = Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.http.shutdown()
        thread.join()
        server.http.server_close()
    assert not server.faults, server.faults


def only_this_aws(monkeypatch: pytest.MonkeyPatch, directory: Path, url: str) -> None:
    """An environment with credentials and a region, in which AWS is at `url` and nowhere else."""
    no_aws(monkeypatch, directory)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_ACCESSANALYZER", url)


def no_aws(monkeypatch: pytest.MonkeyPatch, directory: Path) -> None:
    """An environment in which the AWS SDK finds nothing; its files would be in `directory`."""
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower() in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(directory / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(directory / "credentials"))


def _handler_of(server: AccessAnalyzerServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            reply = server.handle(self.path, body, dict(self.headers))
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 (its name there)
            """Keeps the server's log out of the test's output."""

    return Handler


def _problems(shape: Any, value: object) -> str:
    """What in `value` the service's description does not allow."""
    report = ParamValidator().validate(value, shape)
    return "; ".join([report.generate_report()] * report.has_errors() + _beyond(shape, value))


def _beyond(shape: Any, value: Any) -> list[str]:
    """The upper limits and the enumerations, which botocore leaves to the service."""
    limit = shape.metadata.get("max")
    found = []
    if limit is not None and len(value) > limit:
        found.append(f"{shape.name} holds {len(value)}, more than {limit}")
    if shape.type_name == "structure":
        known = [name for name in value if name in shape.members]
        found += [item for name in known for item in _beyond(shape.members[name], value[name])]
    elif shape.type_name == "list":
        found += [item for member in value for item in _beyond(shape.member, member)]
    elif getattr(shape, "enum", None) and value not in shape.enum:
        found.append(f"{value!r} is no {shape.name}")
    return found
