"""GetCallerIdentity under real boto3."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError
from botocore.session import get_session

from policy_gate.server.responder import Settings
from tests.local_aws import only_this_aws, running


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    with running(settings=Settings(account="444455556666")) as server:
        only_this_aws(monkeypatch, tmp_path, server.url)
        yield server


def client(service: str, region: str = "eu-central-1") -> Any:
    return get_session().create_client(service, region_name=region)


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-central-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_the_caller_is_in_the_account_and_in_the_partition_of_its_region(
    local: Any, region: str, partition: str
) -> None:
    identity = client("sts", region).get_caller_identity()
    assert identity["Account"] == "444455556666"
    assert identity["Arn"] == f"arn:{partition}:iam::444455556666:user/policy-gate-serve"
    assert identity["UserId"]
    assert identity["ResponseMetadata"]["RequestId"]
    assert [call.operation for call in local.calls] == ["GetCallerIdentity"]


@pytest.mark.parametrize(
    "form",
    [
        b"Action=%3Cb%3E%26%E2%80%AE&Version=2011-06-15",
        b"Action=" + b"x" * 100_000,
        b"&".join([b"Action=GetCallerIdentity"] * 101),
        b"Action=\xff",
        b"",
    ],
)
def test_forms_that_no_sdk_sends(local: Any, form: bytes) -> None:
    request = Request(local.url, data=form)
    with pytest.raises(HTTPError) as caught:
        urlopen(request)
    with caught.value as answer:
        assert answer.code == 400
        assert answer.headers["Content-Type"] == "text/xml"
        text = answer.read().decode("ascii")
    assert "<Code>InvalidAction</Code>" in text
    assert "<b>" not in text
    assert len(text) < 1000


@pytest.mark.usefixtures("local")
def test_what_is_not_answered_says_so() -> None:
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    questions: list[tuple[Callable[[], Any], str]] = [
        (lambda: client("iam").get_policy(PolicyArn=arn), "'GetPolicy' of iam"),
        (lambda: client("sts").assume_role(RoleArn=arn, RoleSessionName="x" * 9),
         "'AssumeRole' of sts"),
    ]  # fmt: skip
    for ask, action in questions:
        with pytest.raises(ClientError, match=f"serve does not answer {action}") as caught:
            ask()
        assert caught.value.response["Error"]["Code"] == "InvalidAction"
    with pytest.raises(ClientError, match="there is no such operation"):
        client("accessanalyzer").list_findings(analyzerArn=arn)
