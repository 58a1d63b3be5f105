"""People are shown what they wrote, never the values that stand for it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import allow, gate, gate_json

MADE_UP = re.compile(r"deferred-|[=@+,]{8}|198\.18\.")
CONFIGURATION = """
checks:
  validate-policy: true
  no-public-access: true
  access-not-granted: {actions: ['iam:CreateUser', 'sts:AssumeRole']}
  no-new-access: [{name: r, reference: reference.json, applies-to: [identity]}]
"""
REFERENCE = {"Statement": [allow("s3:Get*", "arn:aws:s3:::known/*")]}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".policy-gate.yml").write_text(CONFIGURATION)
    Path("reference.json").write_text(json.dumps(REFERENCE))


def report(*statements: object, trust: bool = False) -> Any:
    properties: dict[str, object] = {"PolicyDocument": {"Statement": list(statements)}}
    kind = "AWS::IAM::ManagedPolicy"
    if trust:
        kind = "AWS::IAM::Role"
        properties = {"AssumeRolePolicyDocument": properties["PolicyDocument"]}
    content = {
        "Parameters": {"P": {"Type": "String"}},
        "Resources": {
            "Policy": {"Type": kind, "Properties": properties},
            "Bucket": {"Type": "AWS::S3::Bucket"},
            "Queue": {"Type": "AWS::SQS::Queue"},
        },
    }
    Path("t.json").write_text(json.dumps(content))
    for found in (gate("run", "t.json").out, gate("run", "t.json", "--format", "json").out):
        assert not MADE_UP.search(found)
    return gate_json("run", "t.json").report


def witness(found: Any) -> dict[str, Any]:
    (shown,) = [
        finding["witness"]
        for result in found["results"]
        for finding in result["findings"]
        if result["check"] == "access-not-granted"
    ]
    return dict(shown)


P = {"Ref": "P"}


@pytest.mark.parametrize(
    ("operator", "value", "shown"),
    [
        ("StringEquals", P, "${P}"),
        ("StringLike", {"Fn::Sub": "a-${P}"}, "a-${P}"),
        ("StringEquals", {"Fn::GetAtt": ["Bucket", "Arn"]}, "arn:aws:s3:::${Bucket}"),
        ("IpAddress", P, "${P}"),
        ("NumericEquals", P, "${P}"),
        ("NumericLessThan", P, "less than ${P}"),
        ("NumericGreaterThan", {"Fn::Sub": "1${P}"}, "more than 1${P}"),
        ("DateEquals", P, "${P}"),
        ("DateLessThan", P, "before ${P}"),
        ("DateGreaterThan", {"Fn::Sub": "${P}Z"}, "after ${P}Z"),
    ],
)
def test_the_value_of_a_condition_is_shown_as_written(
    operator: str, value: object, shown: str
) -> None:
    found = report(allow("iam:CreateUser", Condition={operator: {"aws:x": value}}))
    assert witness(found)["context"] == {"aws:x": [shown]}


@pytest.mark.parametrize(
    ("principal", "shown"),
    [
        (P, "AWS:${P}"),
        ({"Ref": "AWS::AccountId"}, "AWS:arn:aws:iam::${AWS::AccountId}:role/"),
        ({"Fn::Sub": "arn:aws:iam::${P}:role/x"}, "AWS:arn:aws:iam::${P}:role/x"),
        ({"Fn::Sub": "arn:aws:iam::*:role/${P}"}, "role/${P}"),
    ],
)
def test_a_principal_is_shown_as_written(principal: object, shown: str) -> None:
    check = "no-new-access: [{name: r, reference: trust.json, applies-to: [trust]}]"
    Path(".policy-gate.yml").write_text(f"checks: {{{check}}}")
    tagging = {"Effect": "Allow", "Action": "sts:TagSession", "Principal": {"AWS": "*"}}
    Path("trust.json").write_text(json.dumps({"Statement": [tagging]}))
    statement = {**tagging, "Action": "sts:AssumeRole", "Principal": {"AWS": principal}}
    (finding,) = report(statement, trust=True)["results"][0]["findings"]
    assert shown in finding["witness"]["principal"]


def test_a_message_shows_what_is_written() -> None:
    resources = [{"Ref": "Bucket"}, {"Fn::Sub": "${Queue}"}, {"Fn::Sub": "arn:aws:${P}:${Bucket}"}]
    found = report(allow("s3:GetObject", resources), allow("s3:${P}", resources[2]))
    messages = [finding["message"] for result in found["results"] for finding in result["findings"]]
    assert any('Resource "${Bucket}" does not begin' in message for message in messages)
