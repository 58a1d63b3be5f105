"""`policy-gate serve` under real boto3, whose own model judges every answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.session import get_session
from botocore.validate import ParamValidator

from policy_gate.analyzers.embedded import (
    PUBLIC_ACCESS_RESOURCE_TYPES,
    VALIDATE_POLICY_RESOURCE_TYPES,
    EmbeddedAnalyzer,
)
from policy_gate.server.operations import (
    ACCESS_TYPES,
    ALL_TYPES,
    LOCALES,
    MAX_ACCESS_ITEMS,
    MAX_RESOURCE,
)
from tests.command_line import gate_json, template
from tests.local_aws import only_this_aws
from tests.reasoning.documents import IDENTITY, RESOURCE, allow, deny, grant, policy
from tests.server.raw import post, serving_embedded

MODEL = ServiceModel(Loader().load_service_model("accessanalyzer", "service-2"))
ODD = {"StringMatches": {"aws:PrincipalTag/team": "x"}}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving_embedded() as address:
        yield address


@pytest.fixture(scope="module")
def client(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        only_this_aws(patch, tmp_path_factory.mktemp("aws"), url)
        yield get_session().create_client("accessanalyzer", region_name="eu-central-1")


def asked(client: Any, operation: str, **question: Any) -> dict[str, Any]:
    """The answer, held to the model of the service."""
    answer: dict[str, Any] = getattr(client, operation)(**question)
    name = client.meta.method_to_api_mapping[operation]
    body = {key: value for key, value in answer.items() if key != "ResponseMetadata"}
    assert problems(MODEL.operation_model(name).output_shape, body) == []
    return body


def problems(shape: Any, value: Any) -> list[str]:
    """What in a value the model does not allow; enumerations, botocore leaves to the service."""
    report = ParamValidator().validate(value, shape)
    return [report.generate_report()] * report.has_errors() + list(no_members(shape, value))


def no_members(shape: Any, value: Any) -> Iterator[str]:
    if shape.type_name == "structure":
        for name, member in value.items():
            yield from no_members(shape.members[name], member)
    elif shape.type_name == "list":
        for item in value:
            yield from no_members(shape.member, item)
    elif getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{value!r} is no {shape.name}"


def refused(client: Any, operation: str, **question: Any) -> tuple[str, int, dict[str, Any]]:
    with pytest.raises(ClientError) as caught:
        getattr(client, operation)(**question)
    response: Any = caught.value.response
    members = {key: response[key] for key in ("message", "reason", "fieldList") if key in response}
    assert problems(MODEL.shape_for("ValidationException"), members) == []
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"], response


def test_the_limits_are_those_of_the_model() -> None:
    def members(operation: str) -> Any:
        return MODEL.operation_model(operation).input_shape.members

    validation, granted = members("ValidatePolicy"), members("CheckAccessNotGranted")
    access = granted["access"].member.members
    public = members("CheckNoPublicAccess")["resourceType"].enum
    assert set(ALL_TYPES) == set(validation["policyType"].enum)
    assert set(ACCESS_TYPES) == set(granted["policyType"].enum)
    assert set(LOCALES) == set(validation["locale"].enum)
    validated = validation["validatePolicyResourceType"].enum
    assert set(VALIDATE_POLICY_RESOURCE_TYPES) == set(validated)
    assert set(PUBLIC_ACCESS_RESOURCE_TYPES) == set(public)
    for name in ("actions", "resources"):
        assert access[name].metadata["max"] == MAX_ACCESS_ITEMS
    assert access["resources"].member.metadata["max"] == MAX_RESOURCE


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
        ("validate_policy",
         {"policyDocument": policy(), "policyType": IDENTITY,
          "validatePolicyResourceType": "AWS::S3::Bucket"}, "validatePolicyResourceType"),
        ("validate_policy",
         {"policyDocument": policy(), "policyType": RESOURCE, "maxResults": 1001}, "maxResults"),
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


def test_the_witness_and_the_deny_go_along(url: str) -> None:
    body = {
        "newPolicyDocument": policy(allow("s3:*")),
        "existingPolicyDocument": policy(allow("s3:*"), deny("s3:Put*", Sid="NoPut")),
        "policyType": IDENTITY,
    }
    _, _, answer = post(url, "/policy/check-no-new-access", json.dumps(body).encode())
    assert {text.partition(":")[0] for text in answer["assumptions"]} >= {"A3", "A6"}
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
