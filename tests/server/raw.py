"""HTTP requests that no SDK would send."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from policy_gate.analyzers.embedded import EmbeddedAnalyzer
from policy_gate.server.responder import responder
from tests.local_aws import serving


@contextmanager
def serving_embedded(**bounds: Any) -> Iterator[str]:
    with serving(responder(EmbeddedAnalyzer()), **bounds) as url:
        yield url


def connect(url: str) -> socket.socket:
    host, port = url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=20)


def rest_of(connection: socket.socket) -> bytes:
    """What still comes until the server closes the connection."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


def read_answer(answer: bytes) -> tuple[int, dict[str, str], Any]:
    """Status, headers and JSON of an answer."""
    head, _, content = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, json.loads(content) if content else None


def post(
    url: str, path: str, body: bytes, *headers: str, method: str = "POST"
) -> tuple[int, dict[str, str], Any]:
    """Status, headers and JSON of the answer to a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: x", "Connection: close", *headers]
    if not any("length" in header.lower() for header in headers):
        lines.append(f"Content-Length: {len(body)}")
    with connect(url) as connection:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        connection.shutdown(socket.SHUT_WR)
        return read_answer(rest_of(connection))
