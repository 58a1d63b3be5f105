"""Whole runs that ask AWS: what is sent, what is kept, and what faults make of them."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Event

import pytest

from policy_gate.server.wire import Reply
from tests.command_line import Ran, allow, gate_json
from tests.local_aws import LocalAws, Script, only_this_aws, refusal, running
from tests.repositories import Repository

POLICIES = 20
CONFIG = "analyzer: aws\naws: {max-concurrency: 4, deadline: 60}\nchecks:\n  access-not-granted:\n"
CONFIG += "    actions: [iam:CreateUser]\n"


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "GITHUB_EVENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    Path(".policy-gate.yml").write_text(CONFIG)
    write_template(POLICIES)


def write_template(number: int) -> None:
    """A template with as many different policies, of which every fourth may create users."""
    resources = {
        f"P{index}": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        allow(
                            "iam:*" if index % 4 == 0 else "s3:GetObject",
                            f"arn:aws:s3:::bucket-{index}/*",
                        )
                    ],
                }
            },
        }
        for index in range(number)
    }
    Path("t.json").write_text(json.dumps({"Resources": resources}))


@contextmanager
def aws(
    monkeypatch: pytest.MonkeyPatch, folder: Path, script: Script = lambda call: None
) -> Iterator[LocalAws]:
    with running(script) as server:
        only_this_aws(monkeypatch, folder, server.url)
        yield server


def every(nth: int, answer: Reply, burst: int = 1) -> Script:
    """The answer to the calls that begin at each n-th, so many together."""
    numbers = count()
    return lambda call: answer if next(numbers) % nth >= nth - burst else None


def verdicts(ran: Ran) -> list[str]:
    return [result["verdict"] for result in ran.report["results"]]


EXPECTED = ["FAIL" if index % 4 == 0 else "PASS" for index in range(POLICIES)]


@pytest.mark.parametrize(
    "script",
    [
        lambda: every(5, refusal("ThrottlingException", 429)),
        lambda: every(6, refusal("InternalServerException", 500), burst=2),
        lambda: every(6, Reply(503, b"<html>Service Unavailable</html>"), burst=2),
    ],
    ids=["throttling", "5xx", "503"],
)
def test_what_passes_is_asked_again_and_every_policy_has_its_verdict(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: Callable[[], Script]
) -> None:
    with aws(monkeypatch, tmp_path, script()) as server:
        ran = gate_json("run", "t.json")

    assert verdicts(ran) == EXPECTED
    assert len(server.calls) > POLICIES
    assert ran.report["analyzer"]["calls"]["made"] == POLICIES


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (refusal("ExpiredTokenException", 403, "is expired"), "Renew the AWS credentials"),
        (
            refusal("InvalidSignatureException", 403, "Signature expired: 1 is now earlier than 2"),
            "Set the clock",
        ),
        (Reply(200, b'{"result": "PA'), "MalformedAnswer"),
        (refusal("AccessDeniedException", 403), "Allow access-analyzer:CheckAccessNotGranted"),
    ],
    ids=["expired", "skew", "cut", "denied"],
)
def test_what_does_not_pass_is_an_error_of_every_policy_that_names_its_cause(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: Reply, cause: str
) -> None:
    with aws(monkeypatch, tmp_path, lambda call: answer):
        ran = gate_json("run", "t.json")

    assert ran.status == 1
    assert verdicts(ran) == ["ERROR"] * POLICIES
    assert all(cause in result["message"] for result in ran.report["results"])


def test_expired_credentials_are_not_tried_for_every_policy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    expired = refusal("ExpiredTokenException", 403)
    write_template(200)
    with aws(monkeypatch, tmp_path, lambda call: expired) as server:
        ran = gate_json("run", "t.json")

    assert verdicts(ran) == ["ERROR"] * 200
    assert len(server.calls) < 50


def test_no_credentials_are_one_sentence_for_all(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with aws(monkeypatch, tmp_path) as server:
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        ran = gate_json("run", "t.json")

    messages = {result["message"] for result in ran.report["results"]}
    assert len(messages) == 1
    assert "Give the job AWS credentials" in messages.pop()
    assert server.calls == []


def test_an_answer_that_never_ends_is_given_up_at_the_deadline_of_the_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Path(".policy-gate.yml").write_text(CONFIG.replace("deadline: 60", "deadline: 1"))
    over = Event()

    def wait(_: object) -> None:
        over.wait()

    with aws(monkeypatch, tmp_path, wait):
        ran = gate_json("run", "t.json")
        over.set()

    assert verdicts(ran) == ["ERROR"] * POLICIES
    assert "RunDeadline: there was no answer within the 1 seconds" in ran.out


@contextmanager
def hanging_up(url: str, times: int, first: bytes) -> Iterator[str]:
    """A proxy that ends the first connections after some bytes of its own, then passes on."""
    host, _, port = url.removeprefix("http://").partition(":")
    left = count()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def copy(source: socket.socket, target: socket.socket) -> None:
            try:
                while data := source.recv(65536):
                    target.sendall(data)
            except OSError:
                pass
            finally:
                for end in (source, target):
                    end.close()

        def accept() -> None:
            while True:
                try:
                    client = listener.accept()[0]
                except OSError:
                    return
                if next(left) < times:
                    client.recv(65536)
                    client.sendall(first)
                    client.close()
                    continue
                server = socket.create_connection((host, int(port)))
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=copy, args=pair, daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_connections_that_are_closed_are_made_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with running() as server, hanging_up(server.url, 6, b"") as url:
        only_this_aws(monkeypatch, tmp_path, url)
        ran = gate_json("run", "t.json")

    assert verdicts(ran) == EXPECTED


def test_an_answer_that_ends_early_is_an_error_of_its_policy_and_of_no_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"
    with running() as server, hanging_up(server.url, 2, cut) as url:
        only_this_aws(monkeypatch, tmp_path, url)
        ran = gate_json("run", "t.json")

    pairs = list(zip(verdicts(ran), EXPECTED, strict=True))
    wrong = [was for was, right in pairs if was != right]
    # Where the end of the connection was seen first, the call was made again.
    assert set(wrong) <= {"ERROR"}
    assert ran.out.count("MalformedAnswer") == len(wrong) <= 2


def test_a_second_run_asks_nothing_and_says_what_that_saves(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with aws(monkeypatch, tmp_path) as server:
        first, second = gate_json("run", "t.json"), gate_json("run", "t.json")

    assert len(server.calls) == POLICIES
    assert first.report["analyzer"]["calls"] == {
        "made": POLICIES,
        "saved": 0,
        "charged": POLICIES,
        "price_per_call": 0.002,
        "estimated_cost": 0.04,
        "currency": "USD",
    }
    calls = second.report["analyzer"]["calls"]
    assert (calls["made"], calls["saved"], calls["estimated_cost"]) == (0, POLICIES, 0)
    assert second.report["results"] == first.report["results"]


def test_an_untrusted_pull_request_neither_reads_nor_fills_the_cache(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    base = {"repo": {"full_name": "us/x"}, "sha": Repository(Path.cwd()).commit("base")}
    repos = {"head": {"repo": {"full_name": "them/x"}}, "base": base}
    Path("event.json").write_text(json.dumps({"pull_request": repos}))
    with aws(monkeypatch, tmp_path) as server:
        gate_json("run", "t.json")
        monkeypatch.setenv("GITHUB_EVENT_NAME", "pull_request")
        monkeypatch.setenv("GITHUB_EVENT_PATH", "event.json")
        gate_json("run", "t.json")

    assert len(server.calls) == 2 * POLICIES


def test_a_cache_in_the_checkout_is_refused_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".policy-gate.yml").write_text(CONFIG.replace("deadline: 60", "cache: .cache"))
    monkeypatch.setenv("CI", "true")
    ran = gate_json("run", "t.json")
    assert (ran.status, ran.out) == (1, "")
    assert ".policy-gate.yml:2:" in ran.err
    assert "must not be in the checkout" in ran.err


def test_a_policy_that_is_too_large_is_an_error_before_any_call(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Path(".policy-gate.yml").write_text("analyzer: aws\nchecks: {validate-policy: true}\n")
    write_template(1)
    template = json.loads(Path("t.json").read_text())
    statement = template["Resources"]["P0"]["Properties"]["PolicyDocument"]["Statement"][0]
    statement["Resource"] = [f"arn:aws:s3:::bucket-{number}" for number in range(2000)]
    Path("t.json").write_text(json.dumps(template))
    with aws(monkeypatch, tmp_path) as server:
        ran = gate_json("run", "t.json")

    assert verdicts(ran) == ["ERROR"]
    assert "ValidatePolicy takes 32,767" in ran.out
    assert server.calls == []
