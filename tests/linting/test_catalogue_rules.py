"""Rules that ask the service catalogue: what they report, and above all what they do not."""

from __future__ import annotations

import json

import pytest

from policy_gate.catalog.retired import retired_names
from policy_gate.linting.validate import validate_policy
from tests.linting.test_rules import one_statement, statement_codes


def details(**elements: object) -> list[str]:
    found = validate_policy(one_statement(**elements), "IDENTITY_POLICY")
    return [finding["findingDetails"] for finding in found]


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("S3:getobject", []),
        ("s3:Get*", []),
        ("s3:?etObject", []),
        ("*", []),
        ("**", []),
        ("*:*", []),
        ("s3:*", []),
        ("s3:GetObjects", ["INVALID_ACTION"]),
        ("s3:Getter*", ["INVALID_ACTION"]),
        ("s3:", ["INVALID_ACTION"]),
        ("GetObject", ["INVALID_ACTION"]),
        ("", ["INVALID_ACTION"]),
        ("Get*", []),
        ("amazons3:GetObject", ["INVALID_SERVICE_IN_ACTION"]),
        (":GetObject", ["INVALID_ACTION"]),
        ("s3 :GetObject", ["INVALID_SERVICE_IN_ACTION"]),
        ("s*:GetObject", ["WILDCARD_IN_SERVICE_NAME"]),
        ("codestar:CreateProject", []),
        ("zocalo:*", []),
    ],
)
def test_actions(action: str, expected: list[str]) -> None:
    assert statement_codes(Action=action) == expected
    assert statement_codes(Action="absent", NotAction=action, Effect="Deny") == expected


def test_names_that_left_the_reference_are_no_finding() -> None:
    actions = [
        f"{service}:{name}"
        for service, names in retired_names()["actions"].items()
        for name in names
    ]
    keys = dict.fromkeys(retired_names()["condition_keys"], "x")
    found = statement_codes(Action=actions, Condition={"ForAnyValue:StringEquals": keys})
    assert not {"INVALID_ACTION", "INVALID_SERVICE_CONDITION_KEY", "INVALID_SERVICE"} & {*found}
    for service in retired_names()["services"]:
        assert statement_codes(Action=f"{service}:CreateThing") == []


def test_a_misspelled_name_comes_with_the_one_that_was_meant() -> None:
    assert 'did you mean "s3:GetObject"?' in details(Action="s3:GetObjekt")[0]
    assert 'did you mean "sqs"?' in details(Action="sqss:SendMessage")[0]
    [finding] = details(Condition={"StringEquals": {"s3:prefx": "a"}})
    assert 'did you mean "s3:prefix"?' in finding


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("arn:aws:s3:::b/${aws:username}", []),
        ("arn:aws:s3::*:b", []),
        ("arn:aws:s3:*:*:accesspoint/x", []),
        ("arn:aws:s3:eu-west-1:111122223333:accesspoint/x/object/*", []),
        ("arn:aws:s3:eu-west-1::b", ["ARN_REGION_NOT_ALLOWED"]),
        ("arn:aws:s3::111122223333:b", ["ARN_ACCOUNT_NOT_ALLOWED"]),
        ("arn:aws:iam::111122223333:role/x", []),
        ("arn:aws:iam::aws:policy/x", []),
        ("arn:aws:iam::${aws:PrincipalAccount}:role/x", []),
        ("arn:aws:iam:us-east-1:111122223333:role/x", ["ARN_REGION_NOT_ALLOWED"]),
        ("arn:aws:iam::12345:role/x", ["INVALID_ARN_ACCOUNT"]),
        ("arn:aws:iam::1111-*:role/x", []),
        ("arn:${Partition}:iam::111122223333:role/x", []),
        ("arn:aws*:iam::111122223333:role/x", []),
        ("arn:aws-cn:sqs:cn-north-1:111122223333:q", []),
        ("arn:aws-xx:sqs:eu-west-1:111122223333:q", ["INVALID_PARTITION"]),
        ("arn:aws:sqs::111122223333:q", ["MISSING_ARN_REGION"]),
        ("arn:aws:sqs:*:111122223333:q", []),
        ("arn:aws:sqs:eu-west:111122223333:q", ["INVALID_ARN_REGION"]),
        ("arn:aws:sqs:eu-*:111122223333:q", []),
        ("arn:aws:sqs:eu-west-1::q", ["MISSING_ARN_ACCOUNT"]),
        ("arn:aws:kms:eu-west-1::key/*", []),
        ("arn:aws:SQS:eu-west-1:111122223333:q", ["INVALID_ARN_SERVICE_CASE"]),
        ("arn:aws:sqsqs:eu-west-1:111122223333:q", ["INVALID_SERVICE"]),
        ("arn:aws:catalog:eu-west-1:111122223333:product/x", []),
        (
            "arn:aws:elastic-inference:eu-west-1:111122223333:elastic-inference-accelerator/x",
            ["INVALID_SERVICE"],
        ),
        ("arn:aws:sq?:eu-west-1:111122223333:q", ["WILDCARD_IN_SERVICE_NAME"]),
        ("arn:aws:*:eu-west-1:111122223333:q", []),
        ("arn:aws::eu-west-1:111122223333:q", []),
        ("arn:aws:ec2:eu-west-1:111122223333:machine/x", ["INVALID_ARN_RESOURCE"]),
        ("arn:aws:ec2:eu-west-1:111122223333:*", []),
        ("arn:aws:ec2:eu-west-1:111122223333:inst*", []),
    ],
)  # fmt: skip
def test_resource_arns(resource: str, expected: list[str]) -> None:
    assert statement_codes(Resource=resource) == expected


@pytest.mark.parametrize(
    ("operator", "key", "expected"),
    [
        ("StringEquals", "AWS:principalorgid", []),
        ("StringEquals", "aws:PrincipalOrganization", ["INVALID_GLOBAL_CONDITION_KEY"]),
        ("StringEquals", "aws:PrincipalOrgMasterAccountId", []),
        ("StringEquals", "aws:RequestTag/any:key", []),
        ("StringEquals", "s3:prefix", []),
        ("StringEquals", "s3:RequestObjectTag/team", []),
        ("StringEquals", "secretsmanager:ResourceTag/team", []),
        ("StringEquals", "kms:EncryptionContext:team", []),
        ("StringEquals", "s3:folder", ["INVALID_SERVICE_CONDITION_KEY"]),
        ("StringEquals", "catalog:ChangeType", []),
        ("StringEquals", "s33:prefix", ["INVALID_SERVICE"]),
        ("StringEquals", "accounts.google.com:sub", []),
        ("StringEquals", "oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub", []),
        ("StringEquals", "idp.example.org:sub", []),
        ("StringEquals", "saml:sub", []),
        ("StringEquals", "aws:TagKeys", ["MISSING_QUALIFIER"]),
        ("Null", "aws:TagKeys", []),
        ("ForAnyValue:StringEquals", "aws:TagKeys", []),
        ("ForAllValues:StringEquals", "aws:TagKeys", []),
        (
            "ForAllValues:StringEquals",
            "aws:PrincipalOrgID",
            ["FORALLVALUES_WITH_SINGLE_VALUED_KEY"],
        ),
        ("ForAnyValue:StringEquals", "aws:PrincipalOrgID", []),
        ("ForAllValues:StringEquals", "codestar-connections:ProviderAction", []),
        ("StringEquals", "aws:ViaAWSService", ["TYPE_MISMATCH"]),
        ("Bool", "aws:ViaAWSService", []),
        ("NumericLessThan", "aws:PrincipalOrgID", ["TYPE_MISMATCH"]),
        ("ArnLike", "kms:EncryptionContext:aws:s3:arn", []),
        ("NumericLessThan", "aws:EpochTime", []),
        ("DateLessThan", "aws:EpochTime", []),
        ("NumericLessThan", "aws:CurrentTime", ["TYPE_MISMATCH"]),
        ("StringEquals", "aws:PrincipalArn", []),
        ("StringNotLikeIfExists", "aws:PrincipalArn",
         ["STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS"]),
        ("ArnLike", "aws:PrincipalArn", []),
        ("StringEquals", "aws:RequestedRegion", ["INVALID_REGION"]),
        ("StringEquals", "ec2:Region", ["INVALID_REGION"]),
    ],
)  # fmt: skip
def test_condition_keys(operator: str, key: str, expected: list[str]) -> None:
    value = "true" if operator in ("Bool", "Null") else "600" if "Than" in operator else "text"
    if operator.startswith("Date"):
        value = "2026-01-01T00:00:00Z"
    assert statement_codes(Condition={operator: {key: value}}) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("athena.amazonaws.com", []),
        ("athenaa.amazonaws.com", ["INVALID_SERVICE"]),
        ("ec2-images.amazonaws.com", []),
        ("*.amazonaws.com", []),
    ],
)
def test_services_called_via(value: str, expected: list[str]) -> None:
    condition = {"ForAnyValue:StringLike": {"aws:CalledVia": value}}
    assert statement_codes(Condition=condition) == expected


@pytest.mark.parametrize(
    "region", ["eu-west-1", "*", "eu-*", "${aws:RequestedRegion}", "aws-global"]
)
def test_regions(region: str) -> None:
    condition = {"StringLike": {"aws:PrincipalTag/x": "x", "aws:RequestedRegion": region}}
    assert "INVALID_REGION" not in statement_codes(Condition=condition)


def test_a_place_is_the_string_or_the_key() -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": ["s3:GetObject", "s3:Nope"], "Resource": "*",
        "Condition": {"StringEquals": {"s3:nope": "x"}}}]})  # fmt: skip
    places = [
        text[
            f["locations"][0]["span"]["start"]["offset"] : f["locations"][0]["span"]["end"][
                "offset"
            ]
        ]
        for f in validate_policy(text, "IDENTITY_POLICY")
    ]
    assert places == ['"s3:Nope"', '"s3:nope"']


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_tags_of_resources_that_actions_do_not_have(effect: str) -> None:
    def found(operator: str, **actions: object) -> list[str]:
        condition = {operator: {"aws:ResourceTag/team": "red"}}
        return statement_codes(Effect=effect, Resource="*", Condition=condition, **actions)

    code = f"{effect.upper()}_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"
    two_services = [
        "ec2:StartInstances",
        "sqs:ListQueues",
        "sqs:Purge*",
        "s3:ListAllMyBuckets",
    ]
    assert found("StringEquals", Action=two_services) == [code, code]
    assert found("StringNotEquals", Action=two_services) == []
    assert found("StringEquals", Action="ec2:*") == []
    not_action = f"{effect.upper()}_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"
    excluded = {"Action": "absent", "NotAction": ["iam:*", "s3:*"]}
    assert found("StringEquals", **excluded) == [not_action]
    assert found("StringNotEquals", **excluded) == []
