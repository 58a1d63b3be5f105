"""Answers that break off, drip or never come: an error of the question, never a pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from policy_gate.analyzers.aws import AwsAnalyzer
from policy_gate.analyzers.interface import Access, AnalyzerError
from policy_gate.analyzers.settings import AwsSettings
from policy_gate.server.responder import DEFAULT_SETTINGS
from policy_gate.server.wire import Reply, reply
from tests.local_aws import LocalAws, in_turn, only_this_aws, running
from tests.reasoning.documents import allow, policy

POLICY = policy(allow("s3:GetObject"))
FAULTY = policy(*({**allow("s3:*"), "Effect": "allow"} for _ in range(3)))
FRESH = AwsSettings(cache=False)

QUESTIONS: dict[str, Callable[[AwsAnalyzer], object]] = {
    "ValidatePolicy": lambda it: it.validate_policy(POLICY, "IDENTITY_POLICY"),
    "CheckNoNewAccess": lambda it: it.check_no_new_access(POLICY, POLICY, "IDENTITY_POLICY"),
    "CheckAccessNotGranted": lambda it: it.check_access_not_granted(
        POLICY, Access(["iam:CreateUser"]), "IDENTITY_POLICY"
    ),
    "CheckNoPublicAccess": lambda it: it.check_no_public_access(policy(), "AWS::S3::Bucket"),
}
every_question = pytest.mark.parametrize("operation", QUESTIONS)

Start = Callable[..., LocalAws]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Start]:
    """Starts a server, as `running` does, and makes it the only AWS there is."""
    with ExitStack() as stack:

        def started(**how: object) -> LocalAws:
            server = stack.enter_context(running(**how))  # type: ignore[arg-type]
            only_this_aws(monkeypatch, tmp_path, server.url)
            return server

        yield started


def failure(ask: Callable[[AwsAnalyzer], object], settings: AwsSettings = FRESH) -> AnalyzerError:
    with pytest.raises(AnalyzerError) as error:
        ask(AwsAnalyzer(settings))
    return error.value


def impatient(server: LocalAws, seconds: float) -> AwsSettings:
    """Names the server, so that a call which is given up early never asks that of the next test."""
    return FRESH._replace(call_deadline=seconds, endpoint_url=server.url)


@every_question
def test_the_questions_are_such_as_pass(start: Start, operation: str) -> None:
    start()
    answer = QUESTIONS[operation](AwsAnalyzer(FRESH))
    assert answer == [] or answer.result == "PASS"  # type: ignore[attr-defined]


@every_question
def test_half_an_answer_is_malformed_and_never_a_pass(start: Start, operation: str) -> None:
    server = start(faults=["truncate"])

    error = failure(QUESTIONS[operation])

    assert error.code == "MalformedAnswer"
    assert "AWS_ENDPOINT_URL" in error.message
    assert [call.operation for call in server.calls] == [operation]


@pytest.mark.parametrize("operation", ["ValidatePolicy", "CheckNoNewAccess"])
def test_an_answer_cut_anywhere_is_malformed(start: Start, operation: str) -> None:
    whole = {"ValidatePolicy": b'{"findings": []}', "CheckNoNewAccess": b'{"result": "PASS"}'}
    pieces = [Reply(200, whole[operation][:end]) for end in range(len(whole[operation]))]
    start(script=in_turn(*pieces))
    analyzer = AwsAnalyzer(FRESH)

    for number in range(len(pieces)):
        document = policy(allow(f"s3:Get{number}"))
        ask = {
            "ValidatePolicy": partial(analyzer.validate_policy, document),
            "CheckNoNewAccess": partial(analyzer.check_no_new_access, document, document),
        }
        with pytest.raises(AnalyzerError) as error:
            ask[operation]("IDENTITY_POLICY")  # type: ignore[operator]
        assert error.value.code == "MalformedAnswer"


def test_half_a_later_page_is_malformed_and_never_fewer_findings(start: Start) -> None:
    settings = DEFAULT_SETTINGS._replace(page_size=1)
    server = start(faults=["truncate:every=2"], settings=settings)

    error = failure(lambda it: it.validate_policy(FAULTY, "IDENTITY_POLICY"))

    assert error.code == "MalformedAnswer"
    assert len(server.calls) == 2


@every_question
def test_an_answer_that_drips_ends_at_the_deadline_of_the_call(
    start: Start, operation: str
) -> None:
    server = start(faults=["slow:for=60s"])

    error = failure(QUESTIONS[operation], impatient(server, 0.2))

    assert error.code == "CallDeadline"
    assert "no answer within 0.2 seconds" in error.message


@every_question
def test_an_answer_that_does_not_come_ends_at_the_deadline_of_the_call(
    start: Start, operation: str
) -> None:
    server = start(faults=["delay:for=60s"])

    assert failure(QUESTIONS[operation], impatient(server, 0.2)).code == "CallDeadline"


def test_a_call_that_is_given_up_leaves_its_place_to_the_next(start: Start) -> None:
    server = start(faults=["slow:for=60s,times=1"])
    analyzer = AwsAnalyzer(impatient(server, 2)._replace(max_concurrency=1))

    with pytest.raises(AnalyzerError, match="CallDeadline"):
        QUESTIONS["CheckNoNewAccess"](analyzer)
    assert QUESTIONS["ValidatePolicy"](analyzer) == []


def test_a_call_that_drips_after_another_part_was_refused_is_given_up_too(start: Start) -> None:
    server = start(faults=["denied:times=1", "slow:for=60s,every=2,times=1"])
    analyzer = AwsAnalyzer(impatient(server, 2)._replace(max_concurrency=1))
    actions = [f"iam:Action{number}" for number in range(150)]

    with pytest.raises(AnalyzerError, match="AccessDeniedException"):
        analyzer.check_access_not_granted(POLICY, Access(actions), "IDENTITY_POLICY")
    assert QUESTIONS["ValidatePolicy"](analyzer) == []


@every_question
def test_a_connection_that_is_reset_is_made_again(start: Start, operation: str) -> None:
    server = start(faults=["reset:times=1"])

    answer = QUESTIONS[operation](AwsAnalyzer(FRESH))

    assert answer == [] or answer.result == "PASS"  # type: ignore[attr-defined]
    assert len(server.calls) == 2


@every_question
def test_a_connection_that_is_always_reset_is_an_error_of_the_network(
    start: Start, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    start(faults=["reset"])
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")

    error = failure(QUESTIONS[operation])

    assert error.code == "ConnectionClosedError"
    assert "Check the network" in error.message


@pytest.mark.parametrize(
    "body",
    [
        {"findings": [[]]},
        {"findings": [{"findingType": "ERROR", "issueCode": 5}]},
        {"findings": [{"findingType": "PRAISE"}]},
        {"findings": [{"findingType": []}]},
    ],
)
def test_findings_of_another_shape_are_malformed(start: Start, body: dict[str, object]) -> None:
    start(script=lambda call: reply(body))
    assert failure(QUESTIONS["ValidatePolicy"]).code == "MalformedAnswer"


@pytest.mark.parametrize(
    "body",
    [
        {"result": ["PASS"]},
        {"result": "pass"},
        {"result": "FAIL", "reasons": ["x"]},
        {"result": "FAIL", "reasons": [{"description": 5}]},
        {"result": "PASS", "message": {}},
    ],
)
def test_a_result_of_another_shape_is_malformed(start: Start, body: dict[str, object]) -> None:
    start(script=lambda call: reply(body))
    assert failure(QUESTIONS["CheckNoNewAccess"]).code == "MalformedAnswer"
