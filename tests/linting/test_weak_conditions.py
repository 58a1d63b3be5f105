from __future__ import annotations

import json

import pytest

from policy_gate.model import PolicyKind
from tests.linting.test_rules import codes, one_statement, statement_codes

WILDCARD, VARIABLE = "WILDCARD_USAGE_TOO_PERMISSIVE", "VARIABLE_USAGE_TOO_PERMISSIVE"


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("aws:PrincipalOrgID", "o-*", [WILDCARD]),
        ("aws:principalorgid", ["o-abcd123456", "o-abcd12345?"], [WILDCARD]),
        ("aws:PrincipalOrgID", ["o-abcd123456", "*"], [WILDCARD]),
        ("aws:PrincipalOrgID", "*", ["EQUIVALENT_TO_NULL_FALSE", "WILDCARD_USAGE_TOO_PERMISSIVE"]),
        ("aws:SourceVpc", "vpc-*", [WILDCARD]),
        ("aws:ResourceAccount", "1111*", [WILDCARD]),
        ("aws:PrincipalTag/team", "r*", []),
        ("aws:userid", "AROAEXAMPLE:*", []),
        ("aws:userid", "AROAEXAMPLE:${aws:PrincipalTag/name}-*", []),
        ("aws:userid", "*:alice", []),
        ("aws:userid", "${aws:PrincipalTag/id}:alice", []),
        ("aws:userid", "${aws:PrincipalTag/id}", []),
        ("aws:userid", "AROA*:alice", [WILDCARD]),
        ("aws:userid", "AIDA*", [WILDCARD]),
        ("aws:userid", "AROA${aws:PrincipalTag/id}:alice", [VARIABLE]),
        ("aws:ResourceAccount", "${aws:PrincipalAccount}", []),
        ("aws:ResourceAccount", "${aws:PrincipalAccount, '111122223333'}", []),
        ("aws:ResourceOrgID", "o-${aws:PrincipalTag/org}", [VARIABLE]),
        ("aws:PrincipalOrgID", "o-${*}", []),
        ("aws:PrincipalTag/team", "r${aws:PrincipalTag/org}", []),
    ],
)
def test_ids_that_must_be_whole(key: str, value: object, expected: list[str]) -> None:
    assert statement_codes(Condition={"StringLike": {key: value}}) == expected


def test_variables_are_plain_text_in_the_version_of_2008() -> None:
    condition = {"StringEquals": {"aws:PrincipalOrgID": "o-${aws:PrincipalTag/org}"}}
    text = one_statement(Condition=condition).replace("2012-10-17", "2008-10-17")
    assert codes(text) == ["VARIABLE_UNSUPPORTED_IN_VERSION"]


@pytest.mark.parametrize(
    ("effect", "operator", "expected"),
    [
        ("Allow", "StringLike", [WILDCARD]),
        ("Allow", "StringNotLike", []),
        ("Deny", "StringNotLikeIfExists", [WILDCARD]),
        ("Deny", "StringLike", []),
        ("Deny", "StringNotEquals", ["WILDCARD_WITHOUT_LIKE_OPERATOR"]),
    ],
)
def test_wildcards_that_let_nobody_in(effect: str, operator: str, expected: list[str]) -> None:
    condition = {operator: {"aws:PrincipalOrgID": "o-*"}}
    assert statement_codes(Effect=effect, Condition=condition) == expected


@pytest.mark.parametrize(
    ("key", "principal", "is_reported"),
    [
        ("aws:UserAgent", "*", True),
        ("aws:useragent", {"Service": "ses.amazonaws.com"}, True),
        ("aws:Referer", "*", True),
        ("aws:Referer", {"AWS": "111122223333"}, True),
        ("aws:Referer", {"Service": "ses.amazonaws.com"}, False),
        ("aws:PrincipalOrgID", "*", False),
    ],
)
def test_what_the_caller_writes(key: str, principal: object, is_reported: bool) -> None:
    text = one_statement(Principal=principal, Condition={"StringEquals": {key: "o-abcd123456"}})
    assert ("UNTRUSTWORTHY_CONDITION_KEY" in codes(text, PolicyKind.RESOURCE)) == is_reported


VPC_SOURCE_IP = {"aws:VpcSourceIp": "10.0.0.0/8"}
ENDPOINT = {"aws:SourceVpce": "vpce-0abc12de"}


@pytest.mark.parametrize(
    ("effect", "condition", "is_reported"),
    [
        ("Allow", {"IpAddress": VPC_SOURCE_IP}, True),
        ("Allow", {"IpAddress": VPC_SOURCE_IP, "Bool": {"aws:SecureTransport": "true"}}, True),
        ("Allow", {"IpAddress": VPC_SOURCE_IP, "StringEquals": ENDPOINT}, False),
        ("Allow", {"Null": {"aws:VpcSourceIp": "false"}}, False),
        ("Deny", {"NotIpAddress": VPC_SOURCE_IP}, False),
    ],
    ids=json.dumps,
)
def test_addresses_without_their_vpc(
    effect: str, condition: dict[str, object], is_reported: bool
) -> None:
    found = statement_codes(Effect=effect, Condition=condition)
    assert found == ["MISSING_PAIRED_CONDITION_KEYS"] * is_reported


@pytest.mark.parametrize(
    ("effect", "operator", "select", "is_reported"),
    [
        ("Allow", "StringEquals", "SPECIFIC_ATTRIBUTES", False),
        ("Allow", "StringEqualsIfExists", ["SPECIFIC_ATTRIBUTES", "COUNT"], False),
        ("Allow", "StringNotEquals", "SPECIFIC_ATTRIBUTES", True),
        ("Allow", "StringEquals", "ALL_ATTRIBUTES", True),
        ("Allow", "Null", "false", True),
        ("Deny", "StringEquals", "ALL_ATTRIBUTES", False),
    ],
)
def test_attributes_of_dynamodb(
    effect: str, operator: str, select: object, is_reported: bool
) -> None:
    found = statement_codes(
        Effect=effect,
        Action="dynamodb:Query",
        Resource="arn:aws:dynamodb:us-east-1:111122223333:table/Orders",
        Condition={
            "ForAllValues:StringEquals": {"dynamodb:Attributes": ["Id", "Total"]},
            operator: {"dynamodb:Select": select},
        },
    )
    assert found == ["DYNAMODB_ATTRIBUTES_WITHOUT_SELECT"] * is_reported


@pytest.mark.parametrize(
    ("effect", "operator", "is_reported"),
    [
        ("Allow", "StringLike", False),
        ("Allow", "StringEqualsIfExists", False),
        ("Allow", "StringNotLike", True),
        ("Deny", "StringNotEquals", False),
        ("Deny", "StringEquals", True),
        ("Deny", "StringLikeIfExists", True),
        ("Deny", "Null", False),
    ],
)
def test_prefixes_of_s3(effect: str, operator: str, is_reported: bool) -> None:
    found = statement_codes(
        Effect=effect,
        Action="s3:ListBucket",
        Resource="arn:aws:s3:::b",
        Condition={operator: {"s3:prefix": "true"}},
    )
    assert found == ["S3_PREFIX_IN_NEGATIVE_CONTEXT"] * is_reported
