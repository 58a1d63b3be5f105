"""HTTP in front of what a test makes up: a call comes in, a reply goes out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit


class Call(NamedTuple):
    verb: str
    path: str
    """Without the query."""

    body: Any
    """Its JSON."""

    headers: Mapping[str, str]
    """By names in lower case."""

    query: Mapping[str, str]
    raw_body: bytes


class Reply(NamedTuple):
    status: int
    data: Any = None
    """Sent as JSON."""

    headers: Mapping[str, str] = {}
    drops: bool = False
    """Is the connection broken in place of an answer?"""

    text: str | None = None
    """What is sent in place of the data."""

    @property
    def content(self) -> bytes:
        if self.text is not None:
            return self.text.encode()
        return b"" if self.data is None else json.dumps(self.data).encode()


Script = Callable[[Call], Reply | None]
"""Answers in place of the state, where it does."""


@contextmanager
def serving(answer: Callable[[Call], Reply]) -> Iterator[str]:
    """Answers calls on a free port, several at once, and gives the URL of its root."""
    handler = type("Handler", (_Handler,), {"answer": staticmethod(answer)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    answer: Callable[[Call], Reply]

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query))
        content = json.loads(body) if body else None
        reply = self.answer(Call(self.command, parts.path, content, headers, query, body))
        if reply.drops:
            self.close_connection = True
            return
        self.send_response(reply.status)
        if reply.content:
            self.send_header("Content-Type", "application/json; charset=utf-8")
        if reply.status != 204:
            self.send_header("Content-Length", str(len(reply.content)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.content)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _do  # noqa: N815 - the base class asks it

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Nothing."""
