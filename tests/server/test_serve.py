"""`policy-gate serve` under real boto3, whose own model judges every answer."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.session import get_session
from botocore.validate import ParamValidator

from policy_gate.analyzers.embedded import PUBLIC_ACCESS_RESOURCE_TYPES, EmbeddedAnalyzer
from policy_gate.server.listener import MAX_BODY, Server
from tests.access_analyzer_server import MODEL, only_this_aws
from tests.command_line import gate_json, template
from tests.reasoning.documents import allow, deny, grant, policy

IDENTITY, RESOURCE = "IDENTITY_POLICY", "RESOURCE_POLICY"
ODD = {"StringMatches": {"aws:PrincipalTag/team": "x"}}


@contextmanager
def serving() -> Iterator[str]:
    server = Server("127.0.0.1", 0, EmbeddedAnalyzer())
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture
def client(url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    only_this_aws(monkeypatch, tmp_path, url)
    return get_session().create_client("accessanalyzer", region_name="eu-central-1")


def asked(client: Any, operation: str, **question: Any) -> dict[str, Any]:
    """The answer, held to the model of the service."""
    answer: dict[str, Any] = getattr(client, operation)(**question)
    name = client.meta.method_to_api_mapping[operation]
    body = {key: value for key, value in answer.items() if key != "ResponseMetadata"}
    report = ParamValidator().validate(body, MODEL.operation_model(name).output_shape)
    assert not report.has_errors(), report.generate_report()
    return body


def refused(client: Any, operation: str, **question: Any) -> tuple[str, int, dict[str, Any]]:
    with pytest.raises(ClientError) as caught:
        getattr(client, operation)(**question)
    response: Any = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"], response


def test_no_new_access(client: Any) -> None:
    question = {"existingPolicyDocument": policy(allow("s3:Get*")), "policyType": IDENTITY}
    passed = asked(
        client, "check_no_new_access", newPolicyDocument=policy(allow("s3:GetObject")), **question
    )
    assert passed["result"] == "PASS"
    assert "reasons" not in passed
    new = policy(allow("s3:GetObject"), allow("s3:*", Sid="All"))
    failed = asked(client, "check_no_new_access", newPolicyDocument=new, **question)
    assert failed == {
        "result": "FAIL",
        "message": "The modified permissions grant new access compared to your existing policy.",
        "reasons": [
            {
                "description": "New access in the statement with sid: All.",
                "statementIndex": 1,
                "statementId": "All",
            }
        ],
    }


def test_what_is_undecided_is_a_fail_that_says_so(client: Any) -> None:
    answer = asked(
        client,
        "check_no_new_access",
        newPolicyDocument=policy(allow("s3:*", Condition=ODD)),
        existingPolicyDocument=policy(),
        policyType=IDENTITY,
    )
    assert answer["result"] == "FAIL"
    assert answer["message"].startswith("Undecided: ")
    assert answer["reasons"][0]["statementIndex"] == 0


def test_access_not_granted(client: Any) -> None:
    question = {"policyDocument": policy(allow("s3:*")), "policyType": IDENTITY}
    granted = [{"actions": ["s3:PutObject"], "resources": ["arn:aws:s3:::bucket/*"]}]
    assert asked(client, "check_access_not_granted", access=granted, **question)["result"] == "FAIL"
    other = [{"actions": ["iam:*"]}]
    assert asked(client, "check_access_not_granted", access=other, **question)["result"] == "PASS"


@pytest.mark.parametrize("resource_type", PUBLIC_ACCESS_RESOURCE_TYPES)
def test_no_public_access(client: Any, resource_type: str) -> None:
    for principal, result in (("*", "FAIL"), ({"AWS": "111122223333"}, "PASS")):
        answer = asked(
            client,
            "check_no_public_access",
            policyDocument=policy(grant(principal)),
            resourceType=resource_type,
        )
        assert answer["result"] == result


def test_findings_come_in_pages(client: Any) -> None:
    document = policy(*({**allow("s3:*"), "Effect": "allow"} for _ in range(120)))
    question = {"policyDocument": document, "policyType": IDENTITY}
    first = asked(client, "validate_policy", **question)
    assert len(first["findings"]) == 50
    pages = list(client.get_paginator("validate_policy").paginate(**question))
    findings = [finding for page in pages for finding in page["findings"]]
    assert len(pages) == -(-len(findings) // 50)
    assert findings == EmbeddedAnalyzer().validate_policy(document, "IDENTITY_POLICY")
    one = asked(client, "validate_policy", maxResults=1, **question)
    assert one["findings"] == findings[:1]
    two = asked(client, "validate_policy", maxResults=7, nextToken=one["nextToken"], **question)
    assert two["findings"] == findings[1:8]


def test_a_document_that_is_no_json(client: Any) -> None:
    found = asked(client, "validate_policy", policyDocument="{", policyType=IDENTITY)
    assert [finding["issueCode"] for finding in found["findings"]] == ["JSON_SYNTAX_ERROR"]
    code, status, response = refused(
        client,
        "check_no_new_access",
        newPolicyDocument=policy(),
        existingPolicyDocument="{",
        policyType=IDENTITY,
    )
    assert (code, status, response["reason"]) == (
        "ValidationException", 400, "fieldValidationFailed",
    )  # fmt: skip
    assert [field["name"] for field in response["fieldList"]] == ["existingPolicyDocument"]


@pytest.mark.parametrize(
    ("operation", "question", "field"),
    [
        ("check_no_new_access",
         {"newPolicyDocument": "[]", "existingPolicyDocument": "{}", "policyType": IDENTITY},
         "newPolicyDocument"),
        ("check_no_new_access",
         {"newPolicyDocument": "", "existingPolicyDocument": "", "policyType": "SERVICE_CONTROL"},
         "policyType"),
        ("check_access_not_granted",
         {"policyDocument": policy(), "policyType": IDENTITY, "access": []}, "access"),
        ("check_access_not_granted",
         {"policyDocument": policy(), "policyType": IDENTITY, "access": [{}]}, "access"),
        ("check_access_not_granted",
         {"policyDocument": policy(), "policyType": IDENTITY, "access": [{"actions": ["nope"]}]},
         "access"),
        ("check_access_not_granted",
         {"policyDocument": policy(), "policyType": IDENTITY,
          "access": [{"actions": [f"s3:A{i}" for i in range(101)]}]}, "actions"),
        ("check_access_not_granted",
         {"policyDocument": policy(), "policyType": IDENTITY,
          "access": [{"resources": ["arn:aws:s3:::" + "x" * 2048]}]}, "resources"),
        ("check_access_not_granted",
         {"policyDocument": policy(), "policyType": IDENTITY, "access": [{"resources": ["x"]}]},
         "access"),
        ("check_no_public_access",
         {"policyDocument": policy(), "resourceType": "AWS::S3::Bukket"}, "resourceType"),
        ("validate_policy",
         {"policyDocument": policy(), "policyType": IDENTITY, "maxResults": 0}, "maxResults"),
        ("validate_policy",
         {"policyDocument": policy(), "policyType": IDENTITY, "nextToken": "1-0"}, "nextToken"),
        ("validate_policy",
         {"policyDocument": policy(), "policyType": IDENTITY, "locale": "TLH"}, "locale"),
    ],
)  # fmt: skip
def test_questions_that_the_service_refuses(
    client: Any, operation: str, question: dict[str, Any], field: str
) -> None:
    code, status, response = refused(client, operation, **question)
    assert (code, status) == ("ValidationException", 400)
    assert response["reason"] == "fieldValidationFailed"
    assert [item["name"] for item in response["fieldList"]] == [field]
    assert response["fieldList"][0]["message"]


def post(url: str, path: str, body: bytes, *headers: str, method: str = "POST") -> tuple[int, Any]:
    """Status and JSON of the answer to a request that no SDK would send."""
    host, port = url.removeprefix("http://").split(":")
    lines = [f"{method} {path} HTTP/1.1", "Host: x", "Connection: close", *headers]
    if not any("length" in header.lower() for header in headers):
        lines.append(f"Content-Length: {len(body)}")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, content = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(content) if content else None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "fieldValidationFailed"),
        (b"{", "cannotParse"),
        (b"[]", "cannotParse"),
        (b"\xff", "cannotParse"),
        (b'{"policyDocument": "", "policyDocument": ""}', "cannotParse"),
        (b"[" * 100_000, "cannotParse"),
        (b'{"policyDocument": 7, "resourceType": "AWS::S3::Bucket"}', "fieldValidationFailed"),
        (b'{"policyDocument": "{}", "resourceType": []}', "fieldValidationFailed"),
        (b'{"policyDocument": "\\ud800", "resourceType": "AWS::S3::Bucket"}',
         "fieldValidationFailed"),
    ],
)  # fmt: skip
def test_bodies_that_no_sdk_sends(url: str, body: bytes, reason: str) -> None:
    status, answer = post(url, "/policy/check-no-public-access", body)
    assert (status, answer["reason"]) == (400, reason)


def test_wrong_paths_methods_and_lengths(url: str) -> None:
    assert post(url, "/policy/nothing", b"{}")[0] == 404
    assert post(url, "/policy/../policy/validation", b"{}")[0] == 404
    assert post(url, "/analyzer", b"", method="GET")[0] == 404
    assert post(url, "/policy/validation", b"", method="PUT")[0] == 405
    assert post(url, "/policy/validation", b"", "Content-Length: -1")[0] == 411
    assert post(url, "/policy/validation", b"", "Content-Length: x")[0] == 411
    assert post(url, "/policy/validation", b"", f"Content-Length: {MAX_BODY + 1}")[0] == 413
    assert post(url, "/policy/validation", b"0\r\n\r\n", "Transfer-Encoding: chunked")[0] == 411
    assert post(url, "/policy/validation?" + "a=b&" * 50, b"{}")[0] == 400
    assert post(url, "/policy/validation", b'{"policyDocument', "Content-Length: 900")[0] == 400


def test_the_witness_and_the_deny_go_along(url: str) -> None:
    body = {
        "newPolicyDocument": policy(allow("s3:*")),
        "existingPolicyDocument": policy(allow("s3:*"), deny("s3:Put*", Sid="NoPut")),
        "policyType": IDENTITY,
    }
    _, answer = post(url, "/policy/check-no-new-access", json.dumps(body).encode())
    (reason,) = answer["reasons"]
    assert reason["existingDeny"] == {"statementIndex": 1, "statementId": "NoPut"}
    assert reason["witness"]["action"] == "s3:PutObject"


def test_many_ask_at_once(client: Any) -> None:
    def ask(number: int) -> str:
        statements = [allow(f"s3:Get{number}*"), allow("s3:List*")]
        new = policy(*statements, *([allow("s3:Put*")] if number % 2 else []))
        question = {"newPolicyDocument": new, "existingPolicyDocument": policy(*statements)}
        result: str = client.check_no_new_access(policyType=IDENTITY, **question)["result"]
        return result

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(ask, range(64)))
    assert results == ["PASS", "FAIL"] * 32


def test_a_run_against_the_server_is_a_run_of_the_embedded_analyzer(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    only_this_aws(monkeypatch, tmp_path, url)
    monkeypatch.chdir(tmp_path)
    Path("t.json").write_text(template(allow("s3:*"), allow("iam:*", Sid="Iam")))
    Path(".policy-gate.yml").write_text(
        "checks: {validate-policy: {}, access-not-granted: {actions: ['iam:CreateUser']}}\n"
    )
    asked_there = gate_json("run", "t.json", "--analyzer", "aws")
    asked_here = gate_json("run", "t.json")
    assert asked_there.status == asked_here.status == 2

    def verdicts(report: Any) -> list[Any]:
        return [
            (result["check"], result["verdict"], [f["locations"] for f in result["findings"]][:1])
            for result in report["results"]
        ]

    there, here = verdicts(asked_there.report), verdicts(asked_here.report)
    assert [item[:2] for item in there] == [item[:2] for item in here]


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
        status, answer = post(address, "/policy/validation", body)
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
