"""A policy has the kind that its resource gives it, or a reason why it has none."""

from __future__ import annotations

import pytest

from policy_gate.extractors.terraform import tables
from policy_gate.extractors.terraform.assumptions import any_value
from policy_gate.extractors.terraform.policy_kinds import (
    kind_of,
    public_access_type,
    validate_policy_type,
)
from policy_gate.extractors.terraform.values import Located, Place, located
from policy_gate.model import PolicyKind, ReasonCode
from policy_gate.syntax.source import Source

PLACE = Place(Source("plan.json", "{}"), 0, 2)


def attributes(**values: object) -> dict[str, Located]:
    return {name: located(value, PLACE) for name, value in values.items()}


def kind(resource_type: str, **values: object) -> PolicyKind | tuple[ReasonCode, str]:
    return kind_of(tables.policy_attributes(resource_type)[0], attributes(**values))


def access_types(resource_type: str, **values: object) -> tuple[str | None, str | None]:
    row = tables.policy_attributes(resource_type)[0]
    given = attributes(**values)
    return validate_policy_type(row, given), public_access_type(row, given)


@pytest.mark.parametrize(
    ("resource_type", "expected"),
    [
        ("aws_iam_policy", PolicyKind.IDENTITY),
        ("aws_iam_role", PolicyKind.TRUST),
        ("aws_s3_bucket_policy", PolicyKind.RESOURCE),
        ("aws_transfer_user", PolicyKind.IDENTITY),
        ("aws_vpc_endpoint", PolicyKind.RESOURCE),
        ("aws_organizations_resource_policy", PolicyKind.RESOURCE),
        ("aws_organizations_policy", PolicyKind.SERVICE_CONTROL),
    ],
)
def test_the_table_decides(resource_type: str, expected: PolicyKind) -> None:
    assert kind(resource_type) == expected


def test_the_type_of_an_organizations_policy_decides() -> None:
    assert (
        kind("awscc_organizations_policy", type="RESOURCE_CONTROL_POLICY")
        is PolicyKind.RESOURCE_CONTROL
    )
    tags = kind("aws_organizations_policy", type="TAG_POLICY")
    assert isinstance(tags, tuple)
    assert tags[0] is ReasonCode.NOT_APPLICABLE
    assert "TAG_POLICY" in tags[1]


def test_a_type_that_is_not_known_is_not_guessed() -> None:
    row = tables.policy_attributes("aws_organizations_policy")[0]
    unknown = {"type": any_value("var.type", "it is known after apply", PLACE)}
    found = kind_of(row, unknown)
    assert isinstance(found, tuple)
    assert found[0] is ReasonCode.NOT_ANALYSED


def test_a_ram_permission_is_no_policy() -> None:
    for resource_type in ("aws_ram_permission", "awscc_ram_permission"):
        found = kind(resource_type)
        assert isinstance(found, tuple)
        assert found[0] is ReasonCode.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("resource_type", "values", "expected"),
    [
        (
            "aws_s3_bucket_policy",
            {"bucket": "logs"},
            ("AWS::S3::Bucket", "AWS::S3::Bucket"),
        ),
        (
            "aws_s3_bucket_policy",
            {"bucket": "logs--use1-az4--x-s3"},
            (None, "AWS::S3Express::DirectoryBucket"),
        ),
        (
            "aws_dynamodb_resource_policy",
            {"resource_arn": "arn:aws:dynamodb:eu-west-1:123456789012:table/t"},
            ("AWS::DynamoDB::Table", "AWS::DynamoDB::Table"),
        ),
        (
            "aws_dynamodb_resource_policy",
            {"resource_arn": "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/2026"},
            (None, "AWS::DynamoDB::Stream"),
        ),
        (
            "aws_kinesis_resource_policy",
            {"resource_arn": "arn:aws:kinesis:eu-west-1:123456789012:stream/s/consumer/c:1"},
            (None, "AWS::Kinesis::StreamConsumer"),
        ),
        (
            "awscc_cloudtrail_resource_policy",
            {"resource_arn": "arn:aws:cloudtrail:eu-west-1:123456789012:channel/1"},
            (None, None),
        ),
    ],
)
def test_what_it_is_attached_to_tells_the_resource_type(
    resource_type: str, values: dict[str, object], expected: tuple[str | None, str | None]
) -> None:
    assert access_types(resource_type, **values) == expected
