"""With the AWS analyzer, IAM gives the documents that are nowhere else."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from policy_gate.analyzers.aws_client import Connection
from policy_gate.managed_policies.account import AccountDocuments
from policy_gate.managed_policies.interface import NoDocumentError
from policy_gate.model import ReasonCode
from policy_gate.server.wire import Reply
from tests import local_iam
from tests.command_line import gate, gate_json
from tests.local_aws import only_this_aws, running
from tests.local_iam import LocalIam, Refusal
from tests.local_moto import moto

READ = "arn:aws:iam::aws:policy/ReadOnlyAccess"
LAMBDA = "arn:aws:iam::aws:policy/service-role/AWSLambdaRole"
OWN = "arn:aws:iam::111122223333:policy/team/Deploy"
DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "iam:CreateUser", "Resource": "*"}],
}


class Aws:
    """Starts the only AWS that there is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, stack: ExitStack) -> None:
        self.monkeypatch, self.folder, self.stack = monkeypatch, folder, stack

    def start(self, policies: Mapping[str, object]) -> LocalIam:
        iam = self.stack.enter_context(local_iam.running(policies))
        analyzer = self.stack.enter_context(running())
        only_this_aws(self.monkeypatch, self.folder, analyzer.url)
        self.monkeypatch.setenv("AWS_ENDPOINT_URL_IAM", iam.url)
        self.monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        return iam


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Aws]:
    monkeypatch.chdir(tmp_path)
    with ExitStack() as stack:
        yield Aws(monkeypatch, tmp_path, stack)


def template(*arns: str) -> Path:
    lines = "".join(f"        - {arn}\n" for arn in arns)
    path = Path("role.yaml")
    path.write_text(
        "Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n"
        f"      ManagedPolicyArns:\n{lines}"
    )
    return path


def reason(arn: str) -> str:
    with pytest.raises(NoDocumentError) as error:
        AccountDocuments(Connection()).document(arn)
    assert error.value.code is ReasonCode.DOCUMENT_UNAVAILABLE
    return str(error.value)


def test_the_run_checks_the_document_of_the_default_version(aws: Aws) -> None:
    iam = aws.start({READ: DOCUMENT, LAMBDA: DOCUMENT, OWN: DOCUMENT})

    ran = gate_json("run", template(READ, LAMBDA, OWN), "--analyzer", "aws")

    assert ran.status == 2
    assert ran.findings() == [("CHECK_ACCESS_NOT_GRANTED", line) for line in (6, 7, 8)]
    assert iam.calls == [
        (operation, arn)
        for arn in (READ, LAMBDA, OWN)
        for operation in ("GetPolicy", "GetPolicyVersion")
    ]


def test_the_iam_of_moto_gives_the_default_version_too(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.start({})
    with moto() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_IAM", url)
        iam = Connection().client("iam")
        first = json.dumps(DOCUMENT).replace("iam:CreateUser", "s3:GetObject")
        arn = iam.create_policy(PolicyName="Deploy", PolicyDocument=first)["Policy"]["Arn"]
        iam.create_policy_version(
            PolicyArn=arn, PolicyDocument=json.dumps(DOCUMENT), SetAsDefault=True
        )

        ran = gate_json("run", template(arn), "--analyzer", "aws")

    assert (ran.status, ran.findings()) == (2, [("CHECK_ACCESS_NOT_GRANTED", 6)])


@pytest.mark.parametrize("analyzer", ["aws", "auto"])
def test_the_policies_are_extracted_with_it(aws: Aws, analyzer: str) -> None:
    aws.start({READ: DOCUMENT})

    ran = gate_json("extract", template(READ), "--analyzer", analyzer)

    (policy,) = ran.report["policies"]
    assert (policy["policy_name"], policy["document"]) == ("ReadOnlyAccess", DOCUMENT)
    assert policy["locations"][""]["line"] == 6


def test_the_embedded_analyzer_leaves_iam_alone(aws: Aws) -> None:
    iam = aws.start({READ: DOCUMENT})

    ran = gate_json("run", template(READ), "--allow-empty")

    assert (ran.status, iam.calls) == (0, [])
    (result,) = ran.report["results"]
    assert result["reason"] == "document-unavailable"


def test_what_is_bundled_or_left_open_is_not_asked_for(aws: Aws) -> None:
    iam = aws.start({})
    path = template(
        "arn:aws:iam::aws:policy/AdministratorAccess",
        "!Sub 'arn:aws:iam::${AWS::AccountId}:policy/Deploy'",
        "!ImportValue x",
        "arn:aws:iam::aws:group/x",
    )

    gate("run", path, "--analyzer", "aws")

    assert iam.calls == []


def test_what_the_folder_has_is_not_asked_for(aws: Aws) -> None:
    iam = aws.start({READ: DOCUMENT})
    Path("managed").mkdir()
    Path("managed/ReadOnlyAccess.json").write_text('{"Statement": []}')
    config = "checks: {validate-policy: true}\nmanaged-policy-documents: managed\n"
    Path(".policy-gate.yml").write_text(config)

    ran = gate_json("extract", template(READ), "--analyzer", "aws")

    assert [policy["document"] for policy in ran.report["policies"]] == [{"Statement": []}]
    assert iam.calls == []


def test_a_policy_is_asked_for_once(aws: Aws) -> None:
    iam = aws.start({READ: DOCUMENT})

    ran = gate_json("run", template(READ, READ, LAMBDA, LAMBDA), "--analyzer", "aws")

    assert len(ran.findings()) == 2
    assert len(iam.calls) == 3


@pytest.mark.parametrize(
    ("code", "status", "advice"),
    [
        ("AccessDenied", 403, "Allow iam:GetPolicy for these credentials."),
        ("NoSuchEntity", 404, "Check the ARN"),
        ("Throttling", 400, "raise AWS_MAX_ATTEMPTS"),
        ("ServiceFailure", 500, "later"),
        ("InvalidClientTokenId", 403, "Renew the AWS credentials."),
    ],
)
def test_a_refusal_is_named_and_never_green(aws: Aws, code: str, status: int, advice: str) -> None:
    aws.start({READ: Refusal(code, status)})

    ran = gate_json("run", template(READ), "--analyzer", "aws")

    assert ran.status == 3
    (result,) = ran.report["results"]
    assert (result["verdict"], result["reason"]) == ("NOT_CHECKED", "document-unavailable")
    assert result["location"]["line"] == 6
    assert result["message"].startswith(
        "the document of the attached policy ReadOnlyAccess is not at hand:"
        f" {code}: AWS refused GetPolicy: no to {READ}"
    )
    assert advice in result["message"]


def test_a_version_that_may_not_be_read_names_that_permission(aws: Aws) -> None:
    aws.start({READ: DOCUMENT, f"GetPolicyVersion {READ}": Refusal("AccessDenied", 403)})
    assert "Allow iam:GetPolicyVersion for" in reason(READ)


def test_one_refused_policy_does_not_hide_the_next(aws: Aws) -> None:
    aws.start({READ: Refusal("AccessDenied", 403), LAMBDA: DOCUMENT})

    ran = gate_json("run", template(READ, LAMBDA), "--analyzer", "aws")

    assert ran.findings() == [("CHECK_ACCESS_NOT_GRANTED", 7)]


def test_what_no_policy_could_be_answered_with_is_asked_once(aws: Aws) -> None:
    iam = aws.start({READ: Refusal("ExpiredToken", 403)})

    ran = gate_json("run", template(READ, LAMBDA, OWN), "--analyzer", "aws")

    assert len(iam.calls) == 1
    messages = [result["message"] for result in ran.report["results"]]
    assert len(messages) == 3
    assert all("Renew the AWS credentials." in message for message in messages)


@pytest.mark.parametrize("body", [b"<html>sign in</html>", b"", b"{}", b"<a/>", b"\xff"])
def test_an_answer_that_is_none_is_a_reason(aws: Aws, body: bytes) -> None:
    aws.start({READ: Reply(200, body)})
    assert "AWS_ENDPOINT_URL" in reason(READ)


@pytest.mark.parametrize("document", ["no JSON", "[]", "3"])
def test_a_document_that_is_none_is_a_reason(aws: Aws, document: str) -> None:
    aws.start({READ: document})
    assert "the policy document is no JSON object" in reason(READ)


def test_nobody_listening_is_a_reason(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    aws.start({})
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL_IAM", f"http://127.0.0.1:{port}")
    assert "Check the network" in reason(READ)


def test_without_credentials_the_reason_asks_for_them(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.start({})
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "Give the job AWS credentials" in reason(READ)
