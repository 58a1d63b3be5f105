"""`policy-gate serve` as a process."""

from __future__ import annotations

import json
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import get_session

from policy_gate.server.faults import KINDS
from policy_gate.server.routes import OPERATIONS
from tests.command_line import gate
from tests.local_aws import only_this_aws
from tests.reasoning.documents import IDENTITY, allow, policy
from tests.server.raw import connect, post, read_answer, rest_of

BODY = json.dumps({"policyDocument": policy(), "policyType": IDENTITY}).encode()
PAGE = Path(__file__).parents[2] / "docs/serve.md"
ENDINGS = pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])


@contextmanager
def serve(*options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address, and the process, which is killed unless it has ended."""
    command = [sys.executable, "-m", "policy_gate", "serve", "--port", "0", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


def ended(process: subprocess.Popen[str], ending: signal.Signals) -> tuple[int, str]:
    """Exit status and errors."""
    process.send_signal(ending)
    status = process.wait(20)
    assert process.stderr
    return status, process.stderr.read()


@ENDINGS
def test_the_command_says_where_it_listens_and_stops_cleanly(ending: signal.Signals) -> None:
    with serve() as (address, process):
        assert address.startswith("http://127.0.0.1:")
        status, _, answer = post(address, "/policy/validation", BODY)
        assert (status, sorted(answer)) == (200, ["findings"])
        status, errors = ended(process, ending)
    assert status == 0
    assert f"AWS_ENDPOINT_URL={address}" in errors
    assert "Traceback" not in errors


@ENDINGS
def test_what_has_arrived_is_answered_before_the_end(ending: signal.Signals) -> None:
    head = (
        f"POST /policy/validation HTTP/1.1\r\nContent-Length: {len(BODY)}\r\n"
        "Expect: 100-continue\r\n\r\n"
    )
    with serve("--latency", "600s") as (address, process), connect(address) as connection:
        connection.sendall(head.encode())
        assert connection.recv(64).startswith(b"HTTP/1.1 100 ")
        connection.sendall(BODY)
        assert ended(process, ending)[0] == 0
        status, headers, answer = read_answer(rest_of(connection))
    assert (status, headers["Connection"], sorted(answer)) == (200, "close", ["findings"])


@ENDINGS
def test_who_has_asked_nothing_holds_up_no_end(ending: signal.Signals) -> None:
    with serve() as (address, process), connect(address) as idle, connect(address) as keeping:
        keeping.sendall(b"GET /analyzer HTTP/1.1\r\n\r\n")
        assert keeping.recv(12) == b"HTTP/1.1 200"
        assert ended(process, ending)[0] == 0
        assert rest_of(idle) == b""


def test_the_options_change_the_answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    faults = ["--fault", "throttle:every=3,on=ValidatePolicy", "--fault", "expired:every=4"]
    others = ["--account", "444455556666", "--page-size", "2", "--latency", "1ms"]
    with serve(*faults, *others) as (address, _):
        only_this_aws(monkeypatch, tmp_path, address)
        config = Config(region_name="eu-central-1", retries={"total_max_attempts": 1})
        sts: Any = get_session().create_client("sts", config=config)
        client: Any = get_session().create_client("accessanalyzer", config=config)
        document = policy(*({**allow("s3:*"), "Effect": "allow"} for _ in range(3)))

        def ask() -> int:
            return len(client.validate_policy(
                policyDocument=document, policyType=IDENTITY, maxResults=100
            )["findings"])  # fmt: skip

        assert sts.get_caller_identity()["Account"] == "444455556666"
        assert [ask(), ask()] == [2, 2]
        with pytest.raises(ClientError, match="Rate exceeded"):
            ask()
        assert [ask(), ask()] == [2, 2]
        assert sts.get_caller_identity()["Account"] == "444455556666"
        with pytest.raises(ClientError, match="is expired"):
            sts.get_caller_identity()


@pytest.mark.parametrize(
    ("option", "value", "problem"),
    [
        ("--fault", "explode", "expected one of throttle, "),
        ("--fault", "throttle:every=0", "every= takes a number from 1, not '0'"),
        ("--fault", "delay:for=2", "expected a duration as 150ms or 2s, not '2'"),
        ("--latency", "150", "expected a duration as 150ms or 2s, not '150'"),
        ("--latency", "\u0661s", "expected a duration"),
        ("--page-size", "0", "expected a number from 1 to 1000"),
        ("--page-size", "1001", "expected a number from 1 to 1000"),
        ("--account", "1234", "expected 12 digits"),
    ],
)
def test_what_no_option_takes_is_wrong_usage(option: str, value: str, problem: str) -> None:
    ran = gate("serve", "--port", "0", option, value)
    assert (ran.status, ran.out) == (64, "")
    assert problem in ran.err
    assert option in ran.err


def test_the_help_tells_every_fault_setting_and_limit() -> None:
    told = gate("serve", "--help").out
    for kind in KINDS:
        assert f"\n  {kind} " in told
    for setting in ("every=N", "burst=N", "times=N", "on=OPERATION", "for=DURATION"):
        assert f"\n  {setting} " in told


def test_the_commands_of_the_page_and_of_the_help_are_right() -> None:
    texts = [PAGE.read_text(), gate("serve", "--help").out]
    lines = [line.strip() for text in texts for line in text.splitlines()]
    commands = [line for line in lines if line.startswith("policy-gate serve --port")]
    assert len(commands) > 5
    for command in commands:
        options = shlex.split(command.rstrip("&"), comments=True)[1:]
        # What is wrong comes last, so that nothing is served and all before it is right.
        assert "argument --host: expected" in gate(*options, "--host", "").err


def test_the_page_tells_every_fault_and_operation() -> None:
    page = PAGE.read_text()
    for name in (*KINDS, *OPERATIONS):
        assert f"`{name}`" in page


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
