"""HTTP in front of the operations, for clients of any intent.

The size of a request, the time it may take to arrive and the connections at a time are bounded.
Nothing that a client sends is logged.
"""

from __future__ import annotations

import io
import socket
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from threading import BoundedSemaphore
from time import monotonic
from typing import Any

from policy_gate.server.wire import RefusedError, Reply, Request, Respond

MAX_BODY = 4_000_000
"""Bytes of a request: two documents of the largest size that is read, escaped as JSON."""


class Server(ThreadingTCPServer):
    """Answers each connection in a thread of its own.

    `patience` are the seconds that a request may take to arrive, counted from the end of the one
    before; beyond `connections` at a time, further ones are closed.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(
        self,
        host: str,
        port: int,
        respond: Respond,
        patience: float = 60.0,
        connections: int = 128,
    ) -> None:
        self.respond = respond
        self.patience = patience
        self._free = BoundedSemaphore(connections)
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)

    @property
    def url(self) -> str:
        host, port = str(self.server_address[0]), int(self.server_address[1])
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def verify_request(self, request: object, client_address: object) -> bool:  # noqa: ARG002
        """Is there room for one more connection?"""
        return self._free.acquire(blocking=False)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no event."""


class _Incoming(io.RawIOBase):
    """The bytes of a connection until a deadline, however slowly they drip."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.deadline = 0.0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self.deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "policy-gate"
    sys_version = ""
    disable_nagle_algorithm = True
    server: Server

    def setup(self) -> None:
        super().setup()
        self._incoming = _Incoming(self.connection)
        self.rfile = io.BufferedReader(self._incoming)

    def handle_one_request(self) -> None:
        self._incoming.deadline = monotonic() + self.server.patience
        super().handle_one_request()

    def _respond(self) -> None:
        try:
            body = self._body()
        except RefusedError as refused:
            # What is left of the body would be taken for the next request.
            self.close_connection = True
            self._send(refused.reply)
            self._discard()
            return
        path, _, query = self.path.partition("?")
        self._send(self.server.respond(Request(self.command, path, query, self.headers, body)))

    do_POST = do_GET = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = _respond  # noqa: N815

    def _body(self) -> bytes:
        """Raises RefusedError."""
        if "Transfer-Encoding" in self.headers:
            raise RefusedError("ValidationException", 411, "a Content-Length is needed")
        lengths = self.headers.get_all("Content-Length", ["0"])
        if len(lengths) > 1 or not (lengths[0].isascii() and lengths[0].isdigit()):
            raise RefusedError("ValidationException", 400, "the Content-Length is no number")
        if len(lengths[0]) > 10 or int(lengths[0]) > MAX_BODY:
            message = f"the request is longer than {MAX_BODY:,} bytes"
            raise RefusedError("RequestEntityTooLargeException", 413, message)
        body = self.rfile.read(int(lengths[0]))
        if len(body) < int(lengths[0]):
            raise RefusedError("ValidationException", 400, "the request ends before its length")
        return body

    def _discard(self) -> None:
        """Closing a connection on bytes that nobody read would take the reply along."""
        self.connection.shutdown(socket.SHUT_WR)
        for _ in range(10 * MAX_BODY // io.DEFAULT_BUFFER_SIZE):
            if not self.rfile.read1():
                return

    def _send(self, reply: Reply) -> None:
        self.connection.settimeout(self.server.patience)
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply.content)))
        if reply.error:
            self.send_header("x-amzn-ErrorType", reply.error)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.content)

    def send_error(self, code: int, *_texts: object) -> None:
        """What is no HTTP request is refused as the service refuses: in JSON, quoting nothing."""
        self.close_connection = True
        phrase = HTTPStatus(code).phrase
        self._send(RefusedError("ValidationException", code, phrase, reason="cannotParse").reply)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 (its name there)
        """Requests are not logged: their text is the client's."""
