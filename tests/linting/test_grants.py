"""Statements that give more than they seem to, or what another one gives already."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policy_gate.linting.actions import concerns, covers, service_of
from policy_gate.linting.validate import validate_policy
from policy_gate.linting.view import view_policy
from policy_gate.model import PolicyKind
from tests.linting.shape import spanned
from tests.linting.test_rules import one_statement, statement_codes

VPCE = {"StringNotEqualsIfExists": {"aws:VpceOrgID": "o-abcd123456"}}


@pytest.mark.parametrize(
    ("text", "action", "covered"),
    [
        ("IAM:passROLE", "iam:PassRole", True),
        ("iam:Pass", "iam:PassRole", False),
        ("*", "iam:PassRole", True),
        ("iam:*", "iam:PassRole", True),
        ("i?m:p*s*role", "iam:PassRole", True),
        ("*iam:PassRole*", "iam:PassRole", True),
        ("iam:*Role", "iam:PassRoles", False),
        ("iam:PassRole?", "iam:PassRole", False),
        ("iam:*Role*Pass", "iam:PassRole", False),
        ("iam:Pass*Role*e", "iam:PassRole", False),
        ("iam.*", "iam:PassRole", False),
        ("", "iam:PassRole", False),
    ],
)
def test_an_action_is_covered_by_its_name_and_by_wildcards(
    text: str, action: str, covered: bool
) -> None:
    assert covers(text, action) == covered


@pytest.mark.parametrize(
    ("elements", "about"),
    [
        ({"Action": ["s3:GetObject", "iam:*"]}, True),
        ({"Action": "s3:*"}, False),
        ({"Action": "absent", "NotAction": "s3:*"}, True),
        ({"Action": "absent", "NotAction": ["s3:*", "iam:Pass*"]}, False),
        ({"Action": "absent"}, False),
    ],
    ids=str,
)
def test_what_a_statement_is_about(elements: dict[str, Any], about: bool) -> None:
    [statement] = view_policy(one_statement(**elements), PolicyKind.IDENTITY).statements
    assert concerns(statement, "iam:PassRole") == about


@pytest.mark.parametrize(
    ("action", "service"),
    [("S3:GetObject", "s3"), ("acm-pca:*", "acm-pca"), ("*", ""), ("s*:Get", ""), ("s3", ""),
     ("${x}:y", ""), ("", "")],
)  # fmt: skip
def test_the_service_of_an_action(action: str, service: str) -> None:
    assert service_of(action) == service


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"Action": "IAM:createservicelinkedrole"}, "CREATE_SLR_WITH_STAR_IN_RESOURCE"),
        ({"Action": "iam:Create*"}, "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE"),
        ({"Action": "*"}, "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE"),
        ({"Action": "iam:CreateRole*"}, None),
        ({"Effect": "Deny", "Action": "iam:CreateServiceLinkedRole"}, None),
        ({"Action": "iam:CreateServiceLinkedRole", "Resource": "arn:aws:iam::*:role/*"}, None),
        (
            {"Action": "absent", "NotAction": "iam:Pass*"},
            "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
        ),
        ({"Action": "absent", "NotAction": ["iam:*"]}, None),
    ],
    ids=str,
)
def test_creating_any_service_linked_role(elements: dict[str, Any], expected: str | None) -> None:
    found = statement_codes(**{"Resource": "*", **elements})
    assert [code for code in found if code.startswith("CREATE_SLR")] == [expected] * bool(expected)


@pytest.mark.parametrize(
    ("condition", "limits"),
    [
        ({"StringEquals": {"iam:AWSServiceName": "ecs.amazonaws.com"}}, True),
        ({"StringLike": {"IAM:awsservicename": ["ecs.*", "eks.amazonaws.com"]}}, True),
        ({"ForAnyValue:StringEquals": {"iam:AWSServiceName": "ecs.amazonaws.com"}}, True),
        ({"StringLike": {"iam:AWSServiceName": "*ecs.amazonaws.com"}}, False),
        ({"StringLike": {"iam:AWSServiceName": ["ecs.amazonaws.com", "*"]}}, False),
        ({"StringEquals": {"iam:AWSServiceName": []}}, False),
        ({"StringEqualsIfExists": {"iam:AWSServiceName": "ecs.amazonaws.com"}}, False),
        ({"StringNotEquals": {"iam:AWSServiceName": "ecs.amazonaws.com"}}, False),
        ({"StringEquals": {"iam:PassedToService": "ecs.amazonaws.com"}}, False),
    ],
    ids=json.dumps,
)
def test_what_limits_creating_a_service_linked_role(
    condition: dict[str, Any], limits: bool
) -> None:
    action = "iam:CreateServiceLinkedRole"
    found = statement_codes(Action=action, Resource="*", Condition=condition)
    assert ("CREATE_SLR_WITH_STAR_IN_RESOURCE" not in found) == limits


def test_a_wildcard_can_give_both_actions() -> None:
    text = one_statement(Action=["s3:GetObject", "iam:*"], NotResource="*", Resource="absent")
    found = {
        finding["issueCode"]: [json.loads(spanned(text, at)) for at in finding["locations"]]
        for finding in validate_policy(text, "IDENTITY_POLICY")
    }
    assert found == {
        "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE": ["iam:*", "*"],
        "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE": ["iam:*", "*"],
    }


@pytest.mark.parametrize(
    ("elements", "supported"),
    [
        ({"Action": "s3:*"}, True),
        ({"Action": ["S3:GetObject", "sqs:*", "iam:GetRole", "iam:*"]}, True),
        ({"Action": "*"}, False),
        ({"Action": ["s3:*", "ec2:RunInstances"]}, False),
        ({"Action": "iam:PassRole"}, False),
        ({"Action": "absent", "NotAction": "ec2:*"}, False),
        # The resources leave no other service.
        ({"Action": "*", "Resource": "arn:aws:s3:::b/*"}, True),
        ({"Action": "*", "Resource": ["arn:aws:s3:::b/*", "*"]}, False),
        # Others report these.
        ({"Action": ["nosuchservice:*", "s*:Get", ""]}, True),
        ({"Action": "sqs:*", "Condition": {"StringEquals": {"aws:VpceAccount": "x"}}}, False),
        ({"Action": "*", "Condition": {"StringEquals": {"aws:SourceVpce": "x"}}}, True),
    ],
    ids=str,
)
def test_keys_of_the_endpoint_are_for_some_services(
    elements: dict[str, Any], supported: bool
) -> None:
    code = "USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES"
    for effect in ("Allow", "Deny"):
        found = statement_codes(
            **{"Effect": effect, "Resource": "*", "Condition": VPCE, **elements}
        )
        assert (code not in found) == supported


READ = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (READ, True),
        ({"Sid": "Other", **READ}, True),
        (dict(reversed(READ.items())), True),
        ({**READ, "Action": ["S3:listbucket", "s3:getobject", "s3:GetObject"]}, True),
        ({**READ, "Resource": ["*"]}, True),
        ({**READ, "Effect": "Deny"}, False),
        ({**READ, "Action": "s3:GetObject"}, False),
        ({**READ, "Resource": ["*", "arn:aws:s3:::b"]}, False),
        ({"Effect": "Allow", "NotAction": READ["Action"], "Resource": "*"}, False),
        ({**READ, "Condition": {}}, False),
    ],
    ids=str,
)
def test_statements_are_redundant_that_say_the_same(other: dict[str, Any], same: bool) -> None:
    assert redundant(READ, other) == [[READ, other]] * same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"StringEquals": {"aws:userid": ["a", "b"]}}, {"StringEquals": {"AWS:UserId": ["b", "a"]}},
         True),
        ({"StringEquals": {"aws:userid": "a"}}, {"stringequals": {"aws:userid": ["a"]}}, True),
        ({"StringEquals": {"aws:userid": "a"}}, {"StringEquals": {"aws:userid": "A"}}, False),
        ({"StringEquals": {"aws:userid": "a"}}, {"StringLike": {"aws:userid": "a"}}, False),
        ({"NumericEquals": {"s3:max-keys": 1}}, {"NumericEquals": {"s3:max-keys": True}}, False),
        ({"Bool": {"aws:SecureTransport": "x", "aws:ViaAWSService": "y"}},
         {"Bool": {"aws:ViaAWSService": "y"}}, False),
    ],
    ids=json.dumps,
)  # fmt: skip
def test_conditions_are_the_same_in_any_order(
    one: dict[str, Any], other: dict[str, Any], same: bool
) -> None:
    statements = [{**READ, "Condition": one}, {**READ, "Condition": other}]
    assert redundant(*statements) == [statements] * same


def test_each_group_of_redundant_statements_is_one_finding() -> None:
    write = {**READ, "Action": "s3:PutObject"}
    assert redundant(READ, write, READ, READ, write) == [[READ, READ, READ], [write, write]]


def test_statements_that_are_none_are_not_redundant() -> None:
    assert redundant({}, {}) == []


def redundant(*statements: dict[str, Any]) -> list[list[object]]:
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return [
        [json.loads(spanned(text, at)) for at in finding["locations"]]
        for finding in validate_policy(text, "IDENTITY_POLICY")
        if finding["issueCode"] == "REDUNDANT_STATEMENT"
    ]
