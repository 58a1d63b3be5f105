"""HTTP in front of the operations."""

from __future__ import annotations

import socket
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer

from policy_gate.analyzers.interface import Analyzer
from policy_gate.server.operations import OPERATIONS, answer_request
from policy_gate.server.wire import RefusedError, Reply, encoded

MAX_BODY = 8_000_000
"""Bytes of a request: two documents of the largest size that is read, escaped as JSON."""

TIMEOUT = 30.0
"""Seconds that a client may take to send the next bytes of a request."""


class Server(ThreadingTCPServer):
    """Answers each connection in a thread of its own."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, host: str, port: int, analyzer: Analyzer) -> None:
        self.analyzer = analyzer
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)

    @property
    def url(self) -> str:
        host, port = str(self.server_address[0]), int(self.server_address[1])
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no event."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "policy-gate"
    sys_version = ""
    timeout = TIMEOUT
    server: Server

    def do_POST(self) -> None:
        try:
            body = self._body()
        except RefusedError as refused:
            # What is left of the body would be taken for the next request.
            self.close_connection = True
            self._send(refused.reply)
            return
        self._send(self._answer(body))

    def _answer(self, body: bytes) -> Reply:
        try:
            return answer_request(self.path, body, self.server.analyzer)
        except Exception:  # noqa: BLE001 - whatever the question, the server goes on
            return Reply(500, {"message": "internal error"}, "InternalServerException")

    def _refuse_method(self) -> None:
        self.close_connection = True
        is_operation = self.path.partition("?")[0] in OPERATIONS
        message = "the operation takes POST" if is_operation else "there is no such operation"
        status = 405 if is_operation else 404
        self._send(RefusedError("UnknownOperationException", status, message).reply)

    do_GET = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = _refuse_method  # noqa: N815

    def _body(self) -> bytes:
        """The bytes of the request. Raises RefusedError."""
        length = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
            raise RefusedError("ValidationException", 411, "a Content-Length is needed")
        if len(length) > 10 or int(length) > MAX_BODY:
            message = f"the request is longer than {MAX_BODY:,} bytes"
            raise RefusedError("RequestEntityTooLargeException", 413, message)
        return self.rfile.read(int(length))

    def _send(self, reply: Reply) -> None:
        body = encoded(reply)
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if reply.error:
            self.send_header("x-amzn-ErrorType", reply.error)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 (its name there)
        """Requests are not logged: their text is the client's."""
