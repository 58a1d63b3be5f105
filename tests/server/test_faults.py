"""Faults as real boto3 meets them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError
from botocore.session import get_session

from policy_gate.analyzers.embedded import EmbeddedAnalyzer
from policy_gate.server.faults import parse_fault, with_faults
from policy_gate.server.responder import Settings, responder
from policy_gate.server.wire import Reply, Request
from tests.local_aws import LocalAws, only_this_aws, running, serving
from tests.reasoning.documents import IDENTITY, allow, policy
from tests.server.raw import post

QUESTION = {"policyDocument": policy(allow("s3:ListAllMyBuckets")), "policyType": IDENTITY}

Ask = Callable[[], Any]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., LocalAws]]:
    with ExitStack() as stack:

        def started(*faults: str, latency: float = 0.0) -> LocalAws:
            server = stack.enter_context(running(faults=faults, settings=Settings(latency=latency)))
            only_this_aws(monkeypatch, tmp_path, server.url)
            return server

        yield started


def client(service: str = "accessanalyzer", attempts: int = 1, **config: Any) -> Any:
    retries = {"mode": "standard", "total_max_attempts": attempts}
    config |= {"region_name": "eu-central-1", "retries": retries}
    made: Any = get_session().create_client(service, config=Config(**config))
    return made


def outcome(ask: Ask) -> str:
    """`ok`, an error code of the service, or the exception of the SDK."""
    try:
        ask()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    except BotoCoreError as error:
        return type(error).__name__
    return "ok"


@pytest.mark.parametrize(
    ("kind", "of_access_analyzer", "of_sts", "message"),
    [
        ("throttle", ("ThrottlingException", 429), ("Throttling", 400), "Rate exceeded"),
        ("error", ("InternalServerException", 500), ("InternalFailure", 500), "unknown error"),
        ("denied", ("AccessDeniedException", 403), ("AccessDenied", 403), "is not authorized to"),
        ("expired", ("ExpiredTokenException", 403), ("ExpiredToken", 403), "token .* is expired"),
        ("skew", ("InvalidSignatureException", 403), ("SignatureDoesNotMatch", 403),
         r": Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5"),
        ("unavailable", ("503", 503), ("503", 503), "Service Unavailable"),
    ],
)  # fmt: skip
def test_refusals(
    aws: Callable[..., LocalAws],
    kind: str,
    of_access_analyzer: tuple[str, int],
    of_sts: tuple[str, int],
    message: str,
) -> None:
    aws(kind)
    questions: list[tuple[tuple[str, int], Ask]] = [
        (of_access_analyzer, lambda: client().validate_policy(**QUESTION)),
        (of_sts, client("sts").get_caller_identity),
    ]
    for (code, status), ask in questions:
        with pytest.raises(ClientError, match=message) as caught:
            ask()
        response = caught.value.response
        assert response["Error"]["Code"] == code
        assert response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_who_is_denied_reads_who_and_what(aws: Callable[..., LocalAws]) -> None:
    aws("denied")
    action = "perform: access-analyzer:CheckNoNewAccess on resource: arn:aws:access-analyzer:eu-ce"
    with pytest.raises(ClientError, match=f"111122223333:user/.*{action}"):
        client().check_no_new_access(
            newPolicyDocument=policy(), existingPolicyDocument=policy(), policyType=IDENTITY
        )


@pytest.mark.parametrize("fault", ["slow:for=60s", "delay:for=60s"])
def test_answers_that_take_longer_than_a_client_waits(
    aws: Callable[..., LocalAws], fault: str
) -> None:
    server = aws(fault)
    with pytest.raises(ReadTimeoutError):
        client(read_timeout=0.2).validate_policy(**QUESTION)
    assert [call.operation for call in server.calls] == ["ValidatePolicy"]


def test_a_connection_that_is_reset(aws: Callable[..., LocalAws]) -> None:
    server = aws("reset")
    with pytest.raises(ConnectionClosedError):
        client().validate_policy(**QUESTION)
    assert [call.operation for call in server.calls] == ["ValidatePolicy"]


def test_half_an_answer(aws: Callable[..., LocalAws]) -> None:
    server = aws("truncate")
    # botocore 1.44 makes an answer without members of it, and no error; earlier ones raise.
    with suppress(ConnectionClosedError):
        assert set(client().validate_policy(**QUESTION)) == {"ResponseMetadata"}
    with pytest.raises((ResponseParserError, ConnectionClosedError)):
        client("sts").get_caller_identity()
    body = json.dumps(QUESTION).encode()
    with pytest.raises(json.JSONDecodeError):
        post(server.url, "/policy/validation", body)


@pytest.mark.parametrize("fault", ["slow:for=20ms", "delay:for=20ms"])
def test_answers_that_are_late_are_whole(aws: Callable[..., LocalAws], fault: str) -> None:
    document = policy({"Effect": "allow"})
    here = EmbeddedAnalyzer().validate_policy(document, IDENTITY)
    aws(fault)
    there = client().validate_policy(policyDocument=document, policyType=IDENTITY)
    assert there["findings"] == here


def test_latency_is_that_of_every_answer(aws: Callable[..., LocalAws]) -> None:
    aws("throttle:every=2", latency=60)
    impatient = client(read_timeout=0.1)
    asked = [outcome(lambda: impatient.validate_policy(**QUESTION)) for _ in range(2)]
    assert asked == ["ReadTimeoutError"] * 2


@pytest.mark.parametrize(
    ("faults", "met"),
    [
        (["throttle"], "TTTTTTTTTTTT"),
        (["throttle:every=5"], "....T....T.."),
        (["throttle:every=5,burst=2"], "....TT...TT."),
        (["throttle:every=4,burst=4"], "...TTTTTTTTT"),
        (["throttle:times=3"], "TTT........."),
        (["throttle:every=3,times=2"], "..T..T......"),
        (["throttle:every=6,burst=3,times=4"], ".....TTT...T"),
        (["throttle:on=CheckNoPublicAccess"], "............"),
        (["throttle:every=6", "error:every=3"], "..E..T..E..T"),
    ],
)
def test_which_calls_meet_a_fault(
    aws: Callable[..., LocalAws], faults: list[str], met: str
) -> None:
    aws(*faults)
    asking = client()
    letters = {"ok": ".", "ThrottlingException": "T", "InternalServerException": "E"}
    asked = [letters[outcome(lambda: asking.validate_policy(**QUESTION))] for _ in range(12)]
    assert "".join(asked) == met


def test_a_fault_may_count_the_calls_of_one_operation(aws: Callable[..., LocalAws]) -> None:
    aws("throttle:every=2,on=GetCallerIdentity")
    access_analyzer, sts = client(), client("sts")
    asked = [
        (outcome(lambda: access_analyzer.validate_policy(**QUESTION)),
         outcome(sts.get_caller_identity))
        for _ in range(4)
    ]  # fmt: skip
    assert asked == [("ok", "ok"), ("ok", "Throttling")] * 2


@pytest.mark.parametrize("kind", ["throttle", "error", "unavailable", "reset"])
def test_standard_retries_get_over_what_may_pass(aws: Callable[..., LocalAws], kind: str) -> None:
    server = aws(f"{kind}:times=1")
    assert client(attempts=2).validate_policy(**QUESTION)["findings"] == []
    assert len(server.calls) == 2


def test_as_many_calls_meet_a_fault_when_they_come_at_once(aws: Callable[..., LocalAws]) -> None:
    server = aws("throttle:every=4")
    asking = client(max_pool_connections=16)

    def ask(_number: int) -> str:
        return outcome(lambda: asking.validate_policy(**QUESTION))

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(ask, range(64)))
    assert sorted(outcomes) == ["ThrottlingException"] * 16 + ["ok"] * 48
    assert len(server.calls) == 64


def test_a_server_that_ends_does_not_wait_for_what_is_late(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with asked_of_a_late_server(monkeypatch, tmp_path) as arrived:
            answer = pool.submit(lambda: client().validate_policy(**QUESTION))
            assert arrived.wait(20)
        assert answer.result(20)["findings"] == []


@contextmanager
def asked_of_a_late_server(monkeypatch: pytest.MonkeyPatch, directory: Path) -> Iterator[Event]:
    """An event that tells that a question has arrived, whose answer is ten minutes away."""
    arrived = Event()
    late = with_faults(responder(EmbeddedAnalyzer()), [parse_fault("delay:for=600s")])

    def respond(request: Request) -> Reply:
        reply = late(request)
        arrived.set()
        return reply

    with serving(respond) as url:
        only_this_aws(monkeypatch, directory, url)
        yield arrived


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "expected one of throttle, error"),
        ("explode", "not 'explode'"),
        ("throttle:", None),
        ("throttle:every=0", "every= takes a number from 1, not '0'"),
        ("throttle:every", "every= takes a number from 1, not ''"),
        ("throttle:burst=2", "burst=2 is more than every=1"),
        ("throttle:every=4,burst=5", "burst=5 is more than every=4"),
        ("throttle:for=2s", "throttle takes no setting 'for'"),
        ("throttle:sometimes=yes", "throttle takes no setting 'sometimes'"),
        ("slow:for=2", "expected a duration as 150ms or 2s, not '2'"),
        ("reset:on=Everything", "on= takes one of ValidatePolicy, .*not 'Everything'"),
    ],
)
def test_what_is_no_fault_says_why(text: str, problem: str | None) -> None:
    if problem is None:
        assert parse_fault(text) == parse_fault("throttle")
        return
    with pytest.raises(ValueError, match=problem):
        parse_fault(text)
