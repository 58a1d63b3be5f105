"""One connection: HTTP, for clients of any intent.

The size of a request and the time that it may take to arrive are bounded.
"""

from __future__ import annotations

import io
import socket
import struct
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from time import monotonic
from typing import TYPE_CHECKING, Any

from policy_gate.server.wire import RefusedError, Reply, Request

if TYPE_CHECKING:
    from policy_gate.server.listener import Server

MAX_BODY = 4_000_000
"""Bytes of a request: two documents of the largest size that is read, escaped as JSON."""

_PIECES = 20
"""In which an answer is sent that takes its time."""


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


class Connection(BaseHTTPRequestHandler):
    """Reads requests, one after the other, and sends what the server responds."""

    protocol_version = "HTTP/1.1"
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
        request_id = self.server.new_request_id()
        try:
            body = self._body()
        except RefusedError as refused:
            # What is left of the body would be taken for the next request.
            self.close_connection = True
            self._send(refused.reply, request_id)
            self._discard()
            return
        path, _, query = self.path.partition("?")
        request = Request(self.command, path, query, self.headers, body, request_id)
        self._send(self.server.respond(request), request_id)

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

    def _send(self, reply: Reply, request_id: str) -> None:
        manner = reply.manner
        self._pause(manner.delay)
        if manner.reset:
            self._reset()
            return
        if self.server.ending.is_set():
            self.close_connection = True
        self.connection.settimeout(self.server.patience)
        self._send_head(reply, request_id)
        if self.command != "HEAD":
            sent = len(reply.content) // 2 if manner.cut else len(reply.content)
            for piece in _pieces(reply.content[:sent], manner.spread):
                self._pause(manner.spread / _PIECES)
                self.wfile.write(piece)
        if manner.cut:
            self.close_connection = True

    def _send_head(self, reply: Reply, request_id: str) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.media_type)
        self.send_header("Content-Length", str(len(reply.content)))
        self.send_header("x-amzn-RequestId", request_id)
        if reply.error:
            self.send_header("x-amzn-ErrorType", reply.error)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def _pause(self, seconds: float) -> None:
        """Waits, but not where the server is about to end."""
        if seconds:
            self.server.ending.wait(seconds)

    def _reset(self) -> None:
        """Closes a socket that does not linger, which sends RST."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.close(self.connection.detach())

    def send_error(self, code: int, *_texts: object) -> None:
        """What is no HTTP request is refused as the service refuses: in JSON, quoting nothing."""
        self.close_connection = True
        phrase = HTTPStatus(code).phrase
        refused = RefusedError("ValidationException", code, phrase, reason="cannotParse")
        self._send(refused.reply, self.server.new_request_id())

    def version_string(self) -> str:
        return "policy-gate"

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 (its name there)
        """Requests are not logged: their text is the client's."""


def _pieces(content: bytes, spread: float) -> Iterator[bytes]:
    """The content whole, or in pieces where it takes its time."""
    length = -(-len(content) // _PIECES) if spread else len(content)
    for start in range(0, len(content), max(length, 1)):
        yield content[start : start + length]
