"""Policies of resources: whom they name, what they are about, and how long they are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_gate.linting.resource_types import RESOURCE_TYPES
from policy_gate.linting.validate import validate_policy
from policy_gate.model import PolicyKind
from tests.linting.shape import assert_in_shape, spanned
from tests.linting.test_rules import codes, one_statement

BUCKET = "AWS::S3::Bucket"
ACCESS_POINT = "AWS::S3::AccessPoint"
MULTI_REGION = "AWS::S3::MultiRegionAccessPoint"
OBJECT_LAMBDA = "AWS::S3ObjectLambda::AccessPoint"
TABLE = "AWS::DynamoDB::Table"
TRUST = "AWS::IAM::AssumeRolePolicyDocument"
CLOUDTRAIL = {"Service": "cloudtrail.amazonaws.com"}
RESOURCES = {
    BUCKET: "arn:aws:s3:::b/*",
    ACCESS_POINT: "arn:aws:s3:eu-west-1:111122223333:accesspoint/a/object/*",
    MULTI_REGION: "arn:aws:s3::111122223333:accesspoint/a.mrap/object/*",
    OBJECT_LAMBDA: "arn:aws:s3-object-lambda:eu-west-1:111122223333:accesspoint/a",
    TABLE: "arn:aws:dynamodb:eu-west-1:111122223333:table/t",
}


def resource_codes(resource_type: str | None = None, **elements: Any) -> list[str]:
    """The findings of a resource policy of one statement, about an S3 object by default."""
    text = one_statement(**{"Principal": {"AWS": "111122223333"}, **elements})
    return codes(text, PolicyKind.RESOURCE, resource_type)


def places(code: str, resource_type: str | None = None, **elements: Any) -> list[list[object]]:
    text = one_statement(**{"Principal": {"AWS": "111122223333"}, **elements})
    return [
        [json.loads(spanned(text, at)) for at in finding["locations"]]
        for finding in validate_policy(text, "RESOURCE_POLICY", resource_type)
        if finding["issueCode"] == code
    ]


@pytest.mark.parametrize(
    ("principal", "unsupported"),
    [
        ("*", []),
        ({"AWS": "*"}, []),
        ({"AWS": ["*"]}, []),
        ({"AWS": "arn:aws:iam::111122223333:role/app"}, []),
        ({"AWS": "arn:aws:iam::111122223333:user/${aws:username}"}, []),
        ({"AWS": "arn:aws:iam::*:root"}, ["arn:aws:iam::*:root"]),
        ({"AWS": ["**", "arn:aws:iam::111122223333:role/a?p"]},
         ["**", "arn:aws:iam::111122223333:role/a?p"]),
        ({"Service": "*"}, ["*"]),
        ({"Service": "logs.*.amazonaws.com"}, ["logs.*.amazonaws.com"]),
        ({"Federated": "*", "CanonicalUser": "*"}, ["*", "*"]),
    ],
    ids=str,
)  # fmt: skip
def test_a_principal_takes_no_wildcard_but_everyone(
    principal: object, unsupported: list[str]
) -> None:
    code = "UNSUPPORTED_WILDCARD_IN_PRINCIPAL"
    for name in ("Principal", "NotPrincipal"):
        elements: dict[str, Any] = {"Principal": "absent", name: principal}
        found = [text for [text] in places(code, Effect="Deny", **elements)]
        assert sorted(map(str, found)) == sorted(unsupported)


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("AROAIDEXAMPLEROLE1234", "INVALID_ROLE_REFERENCE"),
        ("AIDAIDEXAMPLEUSER1234", "INVALID_USER_REFERENCE"),
        ("AROA", None),
        ("AROAIDEXAMPLEROLE1234:session", None),
        ("AGPAIDEXAMPLEGROUP123", None),
        ("arn:aws:iam::111122223333:role/AROAIDEXAMPLEROLE1234", None),
    ],
)
def test_a_unique_id_is_no_good_principal(principal: str, expected: str | None) -> None:
    assert resource_codes(Principal={"AWS": [principal]}) == [expected] * bool(expected)


def test_federated_principals_are_for_roles() -> None:
    provider = "arn:aws:iam::111122223333:saml-provider/corp"
    code = "FEDERATED_PRINCIPAL_NOT_SUPPORTED"
    for resource_type, resource in RESOURCES.items():
        elements = {"Principal": {"Federated": [provider]}, "Resource": resource}
        assert places(code, resource_type, **elements) == [[[provider]]]
    assert places(code, None, Principal={"Federated": provider}) == []


@pytest.mark.parametrize(
    ("resource_type", "action", "supported"),
    [
        (BUCKET, "s3:GetObject", True),
        (BUCKET, "S3:listbucket", True),
        (BUCKET, "s3:*", True),
        (BUCKET, "*", True),
        (BUCKET, "s*:Get", True),
        (BUCKET, "kms:*", False),
        (BUCKET, "kms:Decrypt", False),
        (BUCKET, "s3-object-lambda:GetObject", False),
        (BUCKET, "s3:ListAllMyBuckets", False),
        (BUCKET, "s3:GetAccessPointPolicy", False),
        # Others report these.
        (BUCKET, "s3:NoSuchAction", True),
        (BUCKET, "nosuchservice:Get", True),
        (BUCKET, "GetObject", True),
        (ACCESS_POINT, "s3:GetObject", True),
        (ACCESS_POINT, "s3:ListBucket", True),
        (ACCESS_POINT, "s3:ListBucketMultipartUploads", True),
        (ACCESS_POINT, "s3:PutBucketPolicy", False),
        (ACCESS_POINT, "sqs:SendMessage", False),
        (MULTI_REGION, "s3:GetObject", True),
        (MULTI_REGION, "s3:GetMultiRegionAccessPoint", True),
        (MULTI_REGION, "s3:PutBucketPolicy", False),
        (OBJECT_LAMBDA, "s3-object-lambda:GetObject", True),
        (OBJECT_LAMBDA, "s3:GetObject", False),
        (TABLE, "dynamodb:GetItem", True),
        (TABLE, "dynamodb:GetRecords", True),
        (TABLE, "s3:GetObject", False),
        (None, "kms:Decrypt", True),
        ("AWS::KMS::Key", "s3:GetObject", True),
    ],
)
def test_the_actions_of_a_policy_are_on_its_resource(
    resource_type: str | None, action: str, supported: bool
) -> None:
    found = places("UNSUPPORTED_ACTION_IN_POLICY", resource_type, Action=["s3-outposts:*", action])[
        resource_type in RESOURCES :
    ]
    assert found == ([] if supported else [[action]])


@pytest.mark.parametrize(
    ("action", "supported"),
    [
        ("sts:AssumeRole", True),
        ("sts:TagSession", True),
        ("sts:SetContext", True),
        ("sts:*", True),
        ("*", True),
        ("sts:GetCallerIdentity", False),
        ("iam:PassRole", False),
        ("s3:*", False),
    ],
)
def test_the_actions_of_a_trust_policy_are_on_a_role(action: str, supported: bool) -> None:
    text = one_statement(Principal={"AWS": "111122223333"}, Action=action, Resource="absent")
    expected = [] if supported else ["UNSUPPORTED_ACTION_IN_POLICY"]
    assert codes(text, PolicyKind.TRUST) == expected


@pytest.mark.parametrize(
    ("resource_type", "resource", "supported"),
    [
        *((kind, resource, True) for kind, resource in RESOURCES.items()),
        *(
            (kind, resource, False)
            for kind in RESOURCES
            for other, resource in RESOURCES.items()
            if other != kind
        ),
        (BUCKET, "*", False),
        (BUCKET, "arn:aws:s3:::*", True),
        (BUCKET, "arn:aws-cn:s3:::b", True),
        (BUCKET, "arn:aws:s3:::${aws:PrincipalTag/team}/*", True),
        (BUCKET, "arn:aws:*:::b", True),
        (BUCKET, "arn:*", True),
        (BUCKET, "arn:aws:kms:eu-west-1:111122223333:key/k", False),
        # Others report what has not the form of an ARN.
        (BUCKET, "b/*", True),
        (BUCKET, "arn:aws:s3:b", True),
        (ACCESS_POINT, "*", True),
        (ACCESS_POINT, "arn:aws:s3:*:*:*", True),
        (ACCESS_POINT, "arn:aws:s3:*:111122223333:access*", True),
        (ACCESS_POINT, "arn:aws:s3:*:111122223333:job*", False),
        (ACCESS_POINT, "arn:aws:s3:::b", False),
        (MULTI_REGION, "arn:aws:s3:::b", False),
        (TABLE, "arn:aws:dynamodb:eu-west-1:111122223333:table/t/index/*", True),
        (TABLE, "arn:aws:dynamodb:eu-west-1:111122223333:table/t/stream/*", True),
        (TABLE, "arn:aws:dynamodb::111122223333:global-table/t", False),
        (None, "arn:aws:kms:eu-west-1:111122223333:key/k", True),
    ],
)
def test_the_resources_of_a_policy_are_of_its_type(
    resource_type: str | None, resource: str, supported: bool
) -> None:
    for name in ("Resource", "NotResource"):
        elements = {"Resource": "absent", name: [resource]}
        found = places("UNSUPPORTED_RESOURCE_ARN_IN_POLICY", resource_type, **elements)
        assert found == ([] if supported else [[resource]])


@pytest.mark.parametrize(
    ("principal", "condition", "expected"),
    [
        (CLOUDTRAIL, {"aws:PrincipalOrgID": "o-abcd123456"}, ["aws:PrincipalOrgID"]),
        (CLOUDTRAIL, {"AWS:principaltag/team": "red", "aws:username": "ann"},
         ["AWS:principaltag/team", "aws:username"]),
        (CLOUDTRAIL, {"aws:SourceOrgID": "o-abcd123456"}, []),
        (CLOUDTRAIL, {"aws:PrincipalServiceName": "cloudtrail.amazonaws.com"}, []),
        ({"AWS": "111122223333"}, {"aws:PrincipalOrgID": "o-abcd123456"}, []),
        ({**CLOUDTRAIL, "AWS": "*"}, {"aws:PrincipalOrgID": "o-abcd123456"}, []),
        ("*", {"aws:PrincipalOrgID": "o-abcd123456"}, []),
    ],
    ids=str,
)  # fmt: skip
def test_services_lack_the_keys_of_users_and_roles(
    principal: object, condition: dict[str, str], expected: list[str]
) -> None:
    code = "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL"
    elements: dict[str, Any] = {"Principal": principal, "Condition": {"StringEquals": condition}}
    assert places(code, **elements) == ([expected] if expected else [])
    assert places(code, Effect="Deny", **elements) == []


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({}, "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"),
        ({"Effect": "Deny"}, None),
        ({"Principal": {"AWS": "111122223333", **CLOUDTRAIL}},
         "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"),
        ({"Principal": {"AWS": "*"}}, None),
        ({"Principal": {"Service": []}}, "EMPTY_ARRAY_PRINCIPAL"),
        ({"Principal": {"Service": "${aws:PrincipalTag/service}"}}, None),
        ({"Condition": {"StringEquals": {"AWS:sourceaccount": "111122223333"}}}, None),
        ({"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:*:trail/t"}}}, None),
        ({"Condition": {"StringEquals": {"aws:SourceOrgID": "o-abcd123456"}}}, None),
        ({"Condition": {"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-abcd123456/*"}}},
         None),
        ({"Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}},
         "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"),
        ({"Condition": {"StringEquals": {"aws:Referer": "111122223333"}}},
         "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL"),
        ({"Condition": {"StringEquals": {"aws:Referer": "1", "aws:SourceAccount": "1"}}}, None),
    ],
    ids=str,
)  # fmt: skip
def test_a_service_acts_for_somebody(elements: dict[str, Any], expected: str | None) -> None:
    given = {"Principal": CLOUDTRAIL, "Action": "s3:PutObject", **elements}
    related = ("SERVICE_PRINCIPAL", "EMPTY_ARRAY_PRINCIPAL")
    found = [code for code in resource_codes(BUCKET, **given) if code.endswith(related)]
    assert found == [expected] * bool(expected)
    untyped = [code for code in resource_codes(None, **given) if code.endswith(related[:1])]
    assert untyped == []


def test_whom_a_service_acts_for_points_to_the_services_or_the_key() -> None:
    services = ["cloudtrail.amazonaws.com", "config.amazonaws.com"]
    code = "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"
    assert places(code, BUCKET, Principal={"Service": services}) == [[services]]
    code = "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL"
    condition = {"StringEquals": {"aws:Referer": "111122223333"}}
    found = places(code, BUCKET, Principal={"Service": services}, Condition=condition)
    assert found == [["aws:Referer"]]


@pytest.mark.parametrize(
    ("resource_type", "irrelevant"),
    [(BUCKET, True), (ACCESS_POINT, True), (MULTI_REGION, False), (TABLE, False), (None, False)],
)
def test_the_account_of_the_resource_is_known_in_its_policy(
    resource_type: str | None, irrelevant: bool
) -> None:
    condition = {"StringEquals": {"S3:resourceaccount": "111122223333"}}
    found = places("IRRELEVANT_CONDITION_KEY_IN_POLICY", resource_type, Condition=condition)
    assert found == ([["S3:resourceaccount"]] if irrelevant else [])


@pytest.mark.parametrize(
    ("policy_type", "resource_type", "quota", "code"),
    [
        ("IDENTITY_POLICY", None, 10_240, "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"),
        ("SERVICE_CONTROL_POLICY", None, 10_240, "POLICY_SIZE_EXCEEDS_SCP_QUOTA"),
        ("RESOURCE_CONTROL_POLICY", None, 5_120, "POLICY_SIZE_EXCEEDS_RCP_QUOTA"),
        ("RESOURCE_POLICY", TRUST, 2_048, "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA"),
        *(
            ("RESOURCE_POLICY", kind, 20_480, "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA")
            for kind in (BUCKET, ACCESS_POINT, TABLE)
        ),
    ],
)
def test_a_policy_is_as_long_as_its_type_may_be(
    policy_type: str, resource_type: str | None, quota: int, code: str
) -> None:
    def sizes(length: int) -> list[str]:
        text = f'{{"Id": \n "{"x" * (length - 9)}"}}   \n'
        found = validate_policy(text, policy_type, resource_type)
        assert_in_shape(found, text)
        return [item["issueCode"] for item in found if item["issueCode"].startswith("POLICY_SIZE")]

    assert sizes(quota) == []
    assert sizes(quota + 1) == [code]


@pytest.mark.parametrize("resource_type", [None, MULTI_REGION, OBJECT_LAMBDA])
def test_where_no_quota_is_documented_a_policy_may_be_long(resource_type: str | None) -> None:
    text = json.dumps({"Id": "x" * 50_000})
    found = validate_policy(text, "RESOURCE_POLICY", resource_type)
    assert not any(item["issueCode"].startswith("POLICY_SIZE") for item in found)


TEXTS = st.sampled_from(
    [
        *("*", "", "a*", "${aws:username}", "true", "111122223333", "cloudtrail.amazonaws.com"),
        *("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "s3:GetObject", "iam:PassRole", "x:y"),
        *("accounts.google.com", "rolesanywhere.amazonaws.com", "AROAIDEXAMPLEROLE1234"),
        "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
        "arn:aws:sts::111122223333:assumed-role/a/b",
        "arn:aws:iam::111122223333:role/a",
    ]
)
KEYS = st.sampled_from(
    [
        *("aws:PrincipalOrgID", "aws:SourceAccount", "aws:PrincipalIsAWSService", "aws:TagKeys"),
        *("aws:Referer", "aws:VpceOrgID", "s3:ResourceAccount", "accounts.google.com:aud"),
        *("token.actions.githubusercontent.com:sub", "sts:SourceIdentity", ":", "", "saml:sub"),
    ]
)
OPERATORS = st.sampled_from(
    ["StringEquals", "ForAnyValue:StringLike", "ForAllValues:StringEquals", "Null", "Bool", "x"]
)
VALUES = st.one_of(TEXTS, st.none(), st.booleans(), st.integers(), st.lists(TEXTS, max_size=3))
ODD = st.one_of(VALUES, st.lists(VALUES, max_size=2), st.dictionaries(TEXTS, VALUES, max_size=2))
STATEMENTS = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"])},
    optional={
        "Principal": st.one_of(
            ODD,
            st.dictionaries(st.sampled_from(["AWS", "Service", "Federated", "x"]), ODD, max_size=3),
        ),
        "NotPrincipal": ODD,
        "Action": ODD,
        "NotAction": ODD,
        "Resource": ODD,
        "NotResource": ODD,
        "Condition": st.one_of(
            ODD, st.dictionaries(OPERATORS, st.one_of(ODD, st.dictionaries(KEYS, ODD)))
        ),
    },
)


@given(st.lists(STATEMENTS, max_size=3))
def test_any_statements_have_an_answer_for_every_type_of_resource(
    statements: list[dict[str, Any]],
) -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    for resource_type in RESOURCE_TYPES:
        assert_in_shape(validate_policy(text, "RESOURCE_POLICY", resource_type), text)
    for policy_type in ("IDENTITY_POLICY", "RESOURCE_CONTROL_POLICY", "SERVICE_CONTROL_POLICY"):
        assert_in_shape(validate_policy(text, policy_type), text)
