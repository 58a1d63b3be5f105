"""`policy-gate serve` as a process."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys

import pytest

from tests.reasoning.documents import IDENTITY, policy
from tests.server.raw import post


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_the_command_says_where_it_listens_and_stops_cleanly(ending: signal.Signals) -> None:
    command = [sys.executable, "-m", "policy_gate", "serve", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:")
        body = json.dumps({"policyDocument": policy(), "policyType": IDENTITY}).encode()
        status, _, answer = post(address, "/policy/validation", body)
        assert (status, sorted(answer)) == (200, ["findings"])
        process.send_signal(ending)
        assert process.wait(20) == 0
        assert "Traceback" not in process.stderr.read()


def test_an_address_in_use_is_an_error_with_its_place() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "policy_gate", "serve", "--port", port]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert f"port {port}" in ran.stderr
    assert ran.stdout == ""


@pytest.mark.parametrize("port", ["x", "-1", "65536", ""])
def test_what_is_no_port_is_wrong_usage(port: str) -> None:
    command = [sys.executable, "-m", "policy_gate", "serve", "--port", port]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 64
