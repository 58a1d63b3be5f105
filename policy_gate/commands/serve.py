"""`policy-gate serve`: the embedded analyzer behind the protocol of IAM Access Analyzer."""

from __future__ import annotations

import argparse
import signal
import sys

from policy_gate.analyzers.embedded import EmbeddedAnalyzer
from policy_gate.server.listener import Server
from policy_gate.server.responder import responder


def main(arguments: argparse.Namespace) -> int:
    """Serves until interrupted or terminated; prints the address to stdout once it listens."""
    try:
        server = Server(arguments.host, arguments.port, responder(EmbeddedAnalyzer()))
    except (OSError, UnicodeError) as error:
        problem = getattr(error, "strerror", None) or "that is no address"
        place = f"{arguments.host!a} port {arguments.port}"
        print(f"policy-gate: cannot listen on {place}: {problem}", file=sys.stderr)
        return 1
    with server:
        try:
            signal.signal(signal.SIGTERM, _stop)
            print(server.url, flush=True)
            print(
                "policy-gate: answers as IAM Access Analyzer does, to whoever asks; set"
                f" AWS_ENDPOINT_URL_ACCESSANALYZER={server.url}. Ctrl-C stops.",
                file=sys.stderr,
            )
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


def _stop(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt
