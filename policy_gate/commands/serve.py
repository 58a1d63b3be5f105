"""`policy-gate serve`: the embedded analyzer behind the protocol of IAM Access Analyzer."""

from __future__ import annotations

import argparse
import signal
import sys
from threading import Event, Thread

from policy_gate.analyzers.embedded import EmbeddedAnalyzer
from policy_gate.server.listener import Server
from policy_gate.server.responder import Settings, responder

_POLL = 0.1
_HOUR = 3600.0
"""Seconds."""


def main(arguments: argparse.Namespace) -> int:
    """Serves until interrupted or terminated; prints the address to stdout once it listens."""
    settings = Settings(arguments.account, arguments.page_size, arguments.latency, arguments.fault)
    respond = responder(EmbeddedAnalyzer(), settings)
    try:
        server = Server(arguments.host, arguments.port, respond)
    except (OSError, UnicodeError) as error:
        problem = getattr(error, "strerror", None) or "that is no address"
        place = f"{arguments.host!a} port {arguments.port}"
        print(f"policy-gate: cannot listen on {place}: {problem}", file=sys.stderr)
        return 1
    with server:
        # The signal arrives in this thread, so it meets no connection that is being taken.
        listening = Thread(target=server.serve_forever, args=(_POLL,), daemon=True)
        listening.start()
        try:
            signal.signal(signal.SIGTERM, _stop)
            print(server.url, flush=True)
            print(
                "policy-gate: answers as IAM Access Analyzer does, to whoever asks; set"
                f" AWS_ENDPOINT_URL={server.url}. Ctrl-C stops.",
                file=sys.stderr,
                flush=True,
            )
            while listening.is_alive():
                Event().wait(_HOUR)
        except KeyboardInterrupt:
            return 0
        finally:
            server.shutdown()
    return 0


def _stop(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt
