from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import product
from pathlib import Path

import pytest
from botocore.exceptions import BotoCoreError, ConnectTimeoutError, ReadTimeoutError

from policy_gate import __version__
from policy_gate.analyzers.aws import AwsAnalyzer
from policy_gate.analyzers.aws_errors import MAX_MESSAGE, sdk_errors
from policy_gate.analyzers.embedded import EmbeddedAnalyzer
from policy_gate.analyzers.interface import Access, AnalyzerError, Answer, Reason
from policy_gate.analyzers.settings import AwsSettings
from policy_gate.server.wire import Reply, reply
from tests.local_aws import (
    LocalAws,
    Script,
    in_turn,
    no_aws,
    only_this_aws,
    refusal,
    running,
)
from tests.reasoning.documents import allow, policy

POLICY = policy()
FRESH = AwsSettings(cache=False)

Start = Callable[..., LocalAws]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Start]:
    """Starts a server and makes it the only AWS there is; one attempt at each call."""
    with ExitStack() as stack:

        def started(script: Script = lambda call: None) -> LocalAws:
            server = stack.enter_context(running(script))
            only_this_aws(monkeypatch, tmp_path, server.url)
            monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
            return server

        yield started


def test_validate_policy_gives_the_findings_of_every_page(start: Start) -> None:
    server = start()
    document = policy(*({**allow("s3:*"), "Effect": "allow"} for _ in range(120)))

    findings = AwsAnalyzer(FRESH).validate_policy(document, "RESOURCE_POLICY", "AWS::S3::Bucket")

    here = EmbeddedAnalyzer().validate_policy(document, "RESOURCE_POLICY", "AWS::S3::Bucket")
    assert findings == here
    asked = {
        "policyDocument": document,
        "policyType": "RESOURCE_POLICY",
        "validatePolicyResourceType": "AWS::S3::Bucket",
    }
    tokens = [call.question.get("nextToken") for call in server.calls]
    assert len(tokens) == -(-len(findings) // 50) > 2
    assert (tokens[0], None in tokens[1:]) == (None, False)
    assert all(asked.items() <= call.question.items() for call in server.calls)


def test_validate_policy_names_no_resource_type_where_there_is_none(start: Start) -> None:
    server = start()
    document = policy(allow("s3:GetObject"))

    assert AwsAnalyzer(FRESH).validate_policy(document, "SERVICE_CONTROL_POLICY") == []
    assert server.calls[0].question == {
        "policyDocument": document,
        "policyType": "SERVICE_CONTROL_POLICY",
    }


def test_pages_that_lead_in_a_circle_are_an_error(start: Start) -> None:
    start(lambda call: reply({"findings": [], "nextToken": "same"}))

    with pytest.raises(AnalyzerError) as error:
        AwsAnalyzer(FRESH).validate_policy(POLICY, "IDENTITY_POLICY")
    assert error.value.code == "PaginationError"


def test_no_new_access_reads_the_reasons_whatever_they_lack(start: Start) -> None:
    reasons = [
        {"description": "both", "statementIndex": 0, "statementId": "Sid"},
        {"description": "index", "statementIndex": 1, "statementId": ""},
        {"description": "id", "statementId": "Other"},
        {},
    ]
    server = start(in_turn(reply({"result": "FAIL", "message": "grants", "reasons": reasons})))

    answer = AwsAnalyzer(FRESH).check_no_new_access(POLICY, "{}", "IDENTITY_POLICY")

    assert answer == Answer(
        "FAIL",
        "grants",
        (
            Reason("both", 0, "Sid"),
            Reason("index", 1, None),
            Reason("id", None, "Other"),
            Reason("", None, None),
        ),
    )
    assert server.calls[0].question == {
        "newPolicyDocument": POLICY,
        "existingPolicyDocument": "{}",
        "policyType": "IDENTITY_POLICY",
    }


def test_no_public_access_passes(start: Start) -> None:
    server = start()

    answer = AwsAnalyzer(FRESH).check_no_public_access(POLICY, "AWS::S3::Bucket")

    assert answer == EmbeddedAnalyzer().check_no_public_access(POLICY, "AWS::S3::Bucket")
    assert answer.result == "PASS"
    assert server.calls[0].question == {
        "policyDocument": POLICY,
        "resourceType": "AWS::S3::Bucket",
    }


def test_a_resource_type_that_the_service_does_not_know_is_an_error(start: Start) -> None:
    start()

    with pytest.raises(AnalyzerError, match=r"AWS::EC2::Instance.*check the policy") as error:
        AwsAnalyzer(FRESH).check_no_public_access(POLICY, "AWS::EC2::Instance")
    assert error.value.code == "ValidationException"


def test_few_actions_and_resources_are_one_call(start: Start) -> None:
    server = start()
    access = Access(["s3:GetObject"], ["arn:aws:s3:::a/*"])

    assert (
        AwsAnalyzer(FRESH).check_access_not_granted(POLICY, access, "RESOURCE_POLICY").result
        == "PASS"
    )
    assert server.calls[0].question == {
        "policyDocument": POLICY,
        "access": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::a/*"]}],
        "policyType": "RESOURCE_POLICY",
    }


def test_250_actions_are_three_calls_with_one_answer(start: Start) -> None:
    server = start()
    actions = [f"s3:Action{number}" for number in range(250)]
    document = policy(allow("s3:Action15*"), allow("iam:*"), allow("s3:Action24*", Sid="Last"))

    answer = AwsAnalyzer(FRESH).check_access_not_granted(
        document, Access(actions), "IDENTITY_POLICY"
    )

    assert answer.result == "FAIL"
    named = [(reason.statementIndex, reason.statementId) for reason in answer.reasons]
    assert named == [(0, None), (2, "Last")]
    asked = [call.question["access"][0] for call in server.calls]
    assert sorted(len(part["actions"]) for part in asked) == [50, 100, 100]
    assert sorted(action for part in asked for action in part["actions"]) == sorted(actions)
    assert all("resources" not in part for part in asked)


def test_many_resources_alone_are_split_too(start: Start) -> None:
    server = start()
    resources = [f"arn:aws:s3:::bucket-{number}" for number in range(101)]

    answer = AwsAnalyzer(FRESH).check_access_not_granted(
        POLICY, Access((), resources), "IDENTITY_POLICY"
    )

    assert answer.result == "PASS"
    asked = [call.question["access"][0] for call in server.calls]
    assert sorted(len(part["resources"]) for part in asked) == [1, 100]
    assert all("actions" not in part for part in asked)


def test_every_pair_of_an_action_and_a_resource_is_asked(start: Start) -> None:
    actions = [f"s3:Action{number}" for number in range(150)]
    resources = [f"arn:aws:s3:::bucket-{number}" for number in range(120)]
    server = start()

    access = Access(actions, resources)
    assert (
        AwsAnalyzer(FRESH).check_access_not_granted(POLICY, access, "IDENTITY_POLICY").result
        == "PASS"
    )

    asked = [call.question["access"][0] for call in server.calls]
    pairs = [pair for part in asked for pair in product(part["actions"], part["resources"])]
    assert sorted(pairs) == sorted(product(actions, resources))


@pytest.mark.parametrize(
    ("code", "status", "advice"),
    [
        ("AccessDeniedException", 403, "Allow access-analyzer:CheckNoNewAccess"),
        ("ThrottlingException", 429, "later"),
        ("ValidationException", 400, "check the policy"),
        ("InvalidParameterException", 400, "check the policy"),
        ("UnprocessableEntityException", 422, "check the policy"),
        ("InternalServerException", 500, "later"),
        ("ExpiredTokenException", 403, "Renew the AWS credentials"),
        ("UnrecognizedClientException", 403, "Renew the AWS credentials"),
        ("NeverHeardOfException", 400, "Check the AWS configuration"),
    ],
)
def test_a_refusal_is_an_error_that_says_what_to_do(
    start: Start, code: str, status: int, advice: str
) -> None:
    start(in_turn(refusal(code, status, "the service's\nown words")))

    with pytest.raises(AnalyzerError) as error:
        AwsAnalyzer(FRESH).check_no_new_access(POLICY, POLICY, "IDENTITY_POLICY")

    assert error.value.code == code
    assert "CheckNoNewAccess: the service's own words. " in error.value.message
    assert advice in error.value.message


@pytest.mark.parametrize(
    ("operation", "ask"),
    [
        ("ValidatePolicy", lambda it: it.validate_policy(POLICY, "IDENTITY_POLICY")),
        ("CheckNoNewAccess", lambda it: it.check_no_new_access(POLICY, "{}", "IDENTITY_POLICY")),
        (
            "CheckAccessNotGranted",
            lambda it: it.check_access_not_granted(POLICY, Access(["s3:*"]), "IDENTITY_POLICY"),
        ),
        ("CheckNoPublicAccess", lambda it: it.check_no_public_access(POLICY, "AWS::S3::Bucket")),
    ],
)
def test_every_question_names_the_permission_that_it_lacks(
    start: Start, operation: str, ask: Callable[[AwsAnalyzer], object]
) -> None:
    start(lambda call: refusal("AccessDeniedException", 403))

    with pytest.raises(AnalyzerError, match=f"access-analyzer:{operation} "):
        ask(AwsAnalyzer(FRESH))


def test_an_error_in_a_later_part_or_page_is_an_error_of_the_whole(start: Start) -> None:
    denied = refusal("AccessDeniedException", 403)
    start(in_turn(None, denied, reply({"findings": [], "nextToken": "2"}), denied))
    analyzer = AwsAnalyzer(FRESH)

    with pytest.raises(AnalyzerError):
        analyzer.check_access_not_granted(POLICY, Access(["s3:*"] * 101), "IDENTITY_POLICY")
    with pytest.raises(AnalyzerError):
        analyzer.validate_policy(POLICY, "IDENTITY_POLICY")


@pytest.mark.parametrize(
    "refused", [refusal("ThrottlingException", 429), refusal("InternalServerException", 500)]
)
def test_what_may_pass_is_asked_again(
    start: Start, monkeypatch: pytest.MonkeyPatch, refused: Reply
) -> None:
    server = start(in_turn(refused, None))
    monkeypatch.delenv("AWS_MAX_ATTEMPTS")

    assert AwsAnalyzer(FRESH).check_no_public_access(POLICY, "AWS::SQS::Queue").result == "PASS"
    assert len(server.calls) == 2


def test_a_call_has_eight_attempts_unless_the_environment_says_otherwise(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = start()
    AwsAnalyzer(FRESH).check_no_public_access(POLICY, "AWS::SQS::Queue")
    monkeypatch.delenv("AWS_MAX_ATTEMPTS")
    AwsAnalyzer(FRESH).check_no_public_access(POLICY, "AWS::SQS::Queue")

    attempts = [call.headers["amz-sdk-request"] for call in server.calls]
    assert attempts == ["attempt=1; max=1", "attempt=1; max=8"]


@pytest.mark.parametrize(
    "body",
    [b"<html>sign in</html>", b'{"result": ', b"[]", b"{}", b"", b'{"result": "MAYBE"}', b"\xff"],
)
def test_an_answer_that_is_none_is_never_a_pass(start: Start, body: bytes) -> None:
    start(lambda call: Reply(200, body))

    with pytest.raises(AnalyzerError, match="AWS_ENDPOINT_URL"):
        AwsAnalyzer(FRESH).check_no_public_access(POLICY, "AWS::SQS::Queue")


@pytest.mark.parametrize("body", [b"{}", b'{"findings": [{}]}', b'{"findings": null}'])
def test_findings_that_are_none_are_never_no_findings(start: Start, body: bytes) -> None:
    start(lambda call: Reply(200, body))

    with pytest.raises(AnalyzerError, match="AWS_ENDPOINT_URL"):
        AwsAnalyzer(FRESH).validate_policy(POLICY, "IDENTITY_POLICY")


def test_nobody_listening_is_an_error(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    start()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL_ACCESSANALYZER", f"http://127.0.0.1:{port}")

    with pytest.raises(AnalyzerError, match="Check the network") as error:
        AwsAnalyzer(FRESH).check_no_public_access(POLICY, "AWS::SQS::Queue")
    assert error.value.code == "EndpointConnectionError"


def test_an_endpoint_that_is_no_url_is_an_error(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    start()
    monkeypatch.setenv("AWS_ENDPOINT_URL_ACCESSANALYZER", "nowhere")

    with pytest.raises(AnalyzerError, match="nowhere"):
        AwsAnalyzer(FRESH).check_no_public_access(POLICY, "AWS::SQS::Queue")


def test_without_credentials_the_error_asks_for_them(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = start()
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with pytest.raises(AnalyzerError, match="Give the job AWS credentials") as error:
        AwsAnalyzer(FRESH).check_no_public_access(POLICY, "AWS::SQS::Queue")
    assert error.value.code == "NoCredentialsError"
    assert server.calls == []


def test_without_a_region_the_error_says_to_set_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    no_aws(monkeypatch, tmp_path)

    with pytest.raises(AnalyzerError, match="Set AWS_REGION") as error:
        AwsAnalyzer(FRESH).check_no_public_access(POLICY, "AWS::SQS::Queue")
    assert error.value.code == "NoRegionError"


def test_a_missing_profile_or_token_file_is_an_error(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    start()
    monkeypatch.setenv("AWS_PROFILE", "absent")
    with pytest.raises(AnalyzerError, match=r"absent.*Check the AWS configuration"):
        AwsAnalyzer(FRESH).check_no_public_access(POLICY, "AWS::SQS::Queue")

    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/gate")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent/token")
    with pytest.raises(AnalyzerError, match="/nonexistent/token"):
        AwsAnalyzer(FRESH).check_no_public_access(POLICY, "AWS::SQS::Queue")


@pytest.mark.parametrize("variable", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_the_region_comes_from_the_environment_and_the_gate_names_itself(
    start: Start, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    server = start()
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.setenv(variable, "ap-south-1")

    AwsAnalyzer(FRESH).check_no_public_access(POLICY, "AWS::SQS::Queue")

    assert "/ap-south-1/access-analyzer/" in server.calls[0].headers["Authorization"]
    assert f"policy-gate/{__version__}" in server.calls[0].headers["User-Agent"]


@pytest.mark.parametrize("kind", [ReadTimeoutError, ConnectTimeoutError])
def test_a_timeout_points_to_the_network(kind: type[BotoCoreError]) -> None:
    with pytest.raises(AnalyzerError, match=r"https://x.*Check the network"), sdk_errors():
        raise kind(endpoint_url="https://x")


def test_a_message_of_the_service_is_cut_to_a_readable_length(start: Start) -> None:
    start(in_turn(refusal("ValidationException", 400, "x" * 100_000)))

    with pytest.raises(AnalyzerError) as error:
        AwsAnalyzer(FRESH).check_no_public_access(POLICY, "AWS::SQS::Queue")
    assert len(error.value.message) < 2 * MAX_MESSAGE
