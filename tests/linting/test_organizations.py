"""Service control policies and resource control policies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policy_gate.linting.validate import validate_policy
from policy_gate.model import PolicyKind
from tests.linting.shape import spanned
from tests.linting.test_rules import codes

EVERYONE_BUT_US = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abcd123456"}}
OTHER_SOURCES = {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-abcd123456"}}


def rcp(**elements: Any) -> str:
    """A resource control policy of one statement, which denies plain HTTP to S3 by default."""
    statement = {
        "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }  # fmt: skip
    given = {name: value for name, value in (statement | elements).items() if value != "absent"}
    return json.dumps({"Version": "2012-10-17", "Statement": [given]})


def rcp_codes(**elements: Any) -> list[str]:
    return codes(rcp(**elements), PolicyKind.RESOURCE_CONTROL)


def places(text: str, code: str) -> list[list[object]]:
    return [
        [json.loads(spanned(text, at)) for at in finding["locations"]]
        for finding in validate_policy(text, "RESOURCE_CONTROL_POLICY")
        if finding["issueCode"] == code
    ]


@pytest.mark.parametrize(
    ("action", "supported"),
    [
        ("*", True),
        ("iam:*", True),
        ("iam:Get*", True),
        ("iam:Get**", True),
        ("iam:GetRole", True),
        ("iam:GetRol?", True),
        ("iam:*Role", False),
        ("iam:G?tRole", False),
        ("iam:Get*Role*", False),
        ("*:GetRole", False),
        ("*:*", False),
    ],
)
def test_a_service_control_policy_takes_wildcards_at_the_end(action: str, supported: bool) -> None:
    for name in ("Action", "NotAction"):
        statement = {"Effect": "Deny", name: ["s3:GetObject", action], "Resource": "*"}
        text = json.dumps({"Version": "2012-10-17", "Statement": statement})
        found = codes(text, PolicyKind.SERVICE_CONTROL)
        assert ("SCP_SYNTAX_ERROR_ACTION_WILDCARD" in found) == (not supported)


@pytest.mark.parametrize(
    ("principal", "valid"),
    [
        ("*", True),
        ({"AWS": "*"}, True),
        ({"AWS": ["*"]}, True),
        ({"AWS": "111122223333"}, False),
        ({"AWS": ["*", "111122223333"]}, False),
        ({"AWS": "*", "Service": "*"}, False),
        ({"Service": "*"}, False),
        ({}, False),
        ([], False),
        (["*"], False),
        ("111122223333", False),
    ],
    ids=str,
)
def test_the_principal_of_a_resource_control_policy_is_everyone(
    principal: object, valid: bool
) -> None:
    found = rcp_codes(Principal=principal)
    assert ("RCP_SYNTAX_ERROR_PRINCIPAL" in found) == (not valid)


def test_not_principal_and_not_action_have_no_place_there() -> None:
    text = rcp(Principal="absent", NotPrincipal={"AWS": "111122223333"})
    assert places(text, "RCP_SYNTAX_ERROR_PRINCIPAL") == [[{"AWS": "111122223333"}]]
    text = rcp(Action="absent", NotAction=["s3:GetObject"])
    assert places(text, "RCP_SYNTAX_ERROR_NOTACTION") == [[["s3:GetObject"]]]


@pytest.mark.parametrize(
    ("elements", "limits"),
    [
        ({"Condition": "absent"}, []),
        ({"Condition": "absent", "Resource": ["*"]}, []),
        ({"Condition": {}}, [{}]),
        ({"Condition": "absent", "Resource": "arn:aws:s3:::logs"}, ["arn:aws:s3:::logs"]),
        (
            {"Condition": "absent", "Resource": ["*", "arn:aws:s3:::b"]},
            [["*", "arn:aws:s3:::b"]],
        ),
        ({"Condition": "absent", "Resource": "absent", "NotResource": "*"}, ["*"]),
        ({"Condition": {}, "Resource": "absent", "NotResource": "*"}, [{}, "*"]),
    ],
    ids=str,
)
def test_an_allow_of_a_resource_control_policy_has_no_limits(
    elements: dict[str, Any], limits: list[object]
) -> None:
    text = rcp(Effect="Allow", **elements)
    assert places(text, "RCP_SYNTAX_ERROR_ALLOW") == ([limits] if limits else [])
    assert places(rcp(**elements), "RCP_SYNTAX_ERROR_ALLOW") == []


@pytest.mark.parametrize(
    ("effect", "action", "valid"),
    [
        ("Deny", "s3:*", True),
        ("Deny", ["STS:AssumeRole", "sqs:SendMessage"], True),
        ("Allow", "*", True),
        ("Deny", "*", False),
        ("Deny", ["s3:*", "*"], False),
        ("Deny", "ec2:RunInstances", False),
        ("Allow", "ec2:*", False),
        ("Deny", "iam:PassRole", False),
        # Others report these.
        ("Deny", "nosuchservice:*", True),
        ("Deny", "s3", True),
        ("Deny", "", True),
    ],
    ids=str,
)
def test_a_resource_control_policy_is_about_some_services(
    effect: str, action: object, valid: bool
) -> None:
    condition = {} if effect == "Deny" else {"Condition": "absent"}
    found = rcp_codes(Effect=effect, Action=action, **condition)
    assert ("RCP_SYNTAX_ERROR_ACTION" in found) == (not valid)


@pytest.mark.parametrize(
    ("key", "is_of_principal"),
    [
        ("aws:PrincipalOrgID", True),
        ("AWS:principalaccount", True),
        ("aws:PrincipalArn", True),
        ("aws:PrincipalTag/team", True),
        ("aws:PrincipalOrgPaths", True),
        ("aws:PrincipalIsAWSService", False),
        ("aws:PrincipalServiceName", False),
        ("aws:ResourceOrgID", False),
    ],
)
def test_keys_of_the_principal_need_services_to_be_left_out(
    key: str, is_of_principal: bool
) -> None:
    code = "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY"
    text = rcp(Condition={"StringNotEqualsIfExists": {key: "x"}})
    assert places(text, code) == ([[key]] if is_of_principal else [])
    assert places(text.replace("Deny", "Allow"), code) == []


@pytest.mark.parametrize(
    ("addition", "enough"),
    [
        ({"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}, True),
        ({"Bool": {"AWS:principalisawsservice": ["False"]}}, True),
        ({"Bool": {"aws:PrincipalIsAWSService": False}}, True),
        ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, False),
        ({"Bool": {"aws:PrincipalIsAWSService": ["true", "false"]}}, False),
        ({"Null": {"aws:PrincipalIsAWSService": "false"}}, False),
        ({"Bool": {"aws:ViaAWSService": "false"}}, False),
    ],
    ids=json.dumps,
)
def test_what_leaves_services_out(addition: dict[str, Any], enough: bool) -> None:
    found = rcp_codes(Condition={**EVERYONE_BUT_US, **addition})
    assert ("RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY" not in found) == enough


@pytest.mark.parametrize(
    ("addition", "for_services", "with_source"),
    [
        ({}, False, False),
        ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, True, False),
        ({"BoolIfExists": {"aws:PrincipalIsAWSService": True}}, True, False),
        ({"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}, False, False),
        ({"Null": {"aws:SourceAccount": "false"}}, False, True),
        ({"Null": {"AWS:sourcearn": False}}, False, True),
        ({"Null": {"aws:SourceAccount": "true"}}, False, False),
        ({"Null": {"aws:SourceOrgID": "false"}}, False, False),
        (
            {
                "Bool": {"aws:PrincipalIsAWSService": "true"},
                "Null": {"aws:SourceAccount": "false"},
            },
            True,
            True,
        ),
    ],
    ids=json.dumps,
)
def test_keys_of_the_source_need_a_service_that_has_one(
    addition: dict[str, Any], for_services: bool, with_source: bool
) -> None:
    found = rcp_codes(Condition={**OTHER_SOURCES, **addition})
    expected = []
    if not for_services:
        expected.append("RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY")
    if not with_source:
        expected.append("RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK")
    assert found == expected


def test_each_key_of_the_source_is_reported() -> None:
    keys = ["aws:SourceAccount", "aws:SourceOrgID"]
    text = rcp(Condition={"StringNotEqualsIfExists": dict.fromkeys(keys, "x")})
    for code in (
        "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY",
        "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK",
    ):
        assert places(text, code) == [[key] for key in keys]
