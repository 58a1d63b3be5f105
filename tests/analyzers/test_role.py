"""A role to assume, from moto's STS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from policy_gate.analyzers.aws import AwsAnalyzer
from policy_gate.analyzers.interface import AnalyzerError
from policy_gate.analyzers.settings import AwsSettings
from policy_gate.server.wire import Reply
from tests.local_aws import only_this_aws, running, serving
from tests.local_moto import moto
from tests.reasoning.documents import policy

ROLE = AwsSettings(role_arn="arn:aws:iam::111122223333:role/gate", cache=False)


@pytest.fixture
def sts() -> Iterator[str]:
    """The URL of moto."""
    with moto() as url:
        yield url


def test_the_role_asks_and_not_who_assumes_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sts: str
) -> None:
    with running() as server:
        only_this_aws(monkeypatch, tmp_path, server.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts)
        answer = AwsAnalyzer(ROLE).check_no_public_access(policy(), "AWS::SQS::Queue")

    assert answer.result == "PASS"
    headers = server.calls[0].headers
    assert "Credential=ASIA" in headers["Authorization"]
    assert headers["X-Amz-Security-Token"]


def test_a_role_that_may_not_be_assumed_says_what_to_allow(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    denied = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error>"
    denied += b"</ErrorResponse>"

    with serving(lambda request: Reply(403, denied)) as url:
        only_this_aws(monkeypatch, tmp_path, url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", url)
        with pytest.raises(AnalyzerError, match="allow sts:AssumeRole") as error:
            AwsAnalyzer(ROLE).check_no_public_access(policy(), "AWS::SQS::Queue")

    assert error.value.code == "AccessDenied"


def test_a_session_of_the_role_that_expires_is_to_be_renewed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sts: str
) -> None:
    with running(faults=["expired"]) as server:
        only_this_aws(monkeypatch, tmp_path, server.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts)
        with pytest.raises(AnalyzerError, match="Renew the AWS credentials") as error:
            AwsAnalyzer(ROLE).check_no_public_access(policy(), "AWS::SQS::Queue")

    assert error.value.code == "ExpiredTokenException"


@pytest.mark.parametrize(
    ("answer", "code", "advice"),
    [
        (
            Reply(
                403,
                b"<ErrorResponse><Error><Code>ExpiredToken</Code><Message>The security token"
                b" included in the request is expired</Message></Error></ErrorResponse>",
            ),
            "ExpiredToken",
            "Renew the AWS credentials",
        ),
        (Reply(200, b"<AssumeRoleResponse><AssumeRoleResu"), "MalformedAnswer", "of STS"),
        (Reply(200, b""), "MalformedAnswer", "of STS"),
    ],
    ids=["expired", "cut", "empty"],
)
def test_without_the_role_nothing_is_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: Reply, code: str, advice: str
) -> None:
    # moto has no tokens that expire.
    with running() as server, serving(lambda request: answer) as sts:
        only_this_aws(monkeypatch, tmp_path, server.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts)
        with pytest.raises(AnalyzerError, match=advice) as error:
            AwsAnalyzer(ROLE).check_no_public_access(policy(), "AWS::SQS::Queue")

    assert error.value.code == code
    assert server.calls == []
