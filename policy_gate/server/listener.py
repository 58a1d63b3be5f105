"""The server: takes connections, a bounded number at a time, and ends without dropping a request.

Nothing that a client sends is logged.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from itertools import count
from socketserver import ThreadingTCPServer
from threading import Condition, Event
from typing import Any

from policy_gate.server.connection import Connection
from policy_gate.server.wire import Respond

_GRACE = 10.0
"""Seconds that requests which have arrived may take when the server ends."""


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
        self.ending = Event()
        self._most = connections
        self._open: set[Any] = set()
        self._changed = Condition()
        self._numbers = count(1)
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Connection)

    @property
    def url(self) -> str:
        host, port = str(self.server_address[0]), int(self.server_address[1])
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def new_request_id(self) -> str:
        """That of the next request, which tells its number: the same run has the same ids."""
        return f"00000000-0000-4000-8000-{next(self._numbers):012x}"

    def verify_request(self, request: object, client_address: object) -> bool:  # noqa: ARG002
        """Is there room for one more connection?"""
        with self._changed:
            room = len(self._open) < self._most
            if room:
                self._open.add(request)
        return room

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()

    def server_close(self) -> None:
        """Takes no more connections, and answers what has arrived, but not for longer than 10 s."""
        super().server_close()
        self.ending.set()
        with self._changed:
            for connection in self._open:
                # Who waits for a next request meets the end, and who has one goes on to answer it.
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)
            self._changed.wait_for(lambda: not self._open, _GRACE)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no event."""
