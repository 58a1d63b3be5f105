from __future__ import annotations

import pytest

from policy_gate.catalog.iam_data import catalog
from policy_gate.linting import nearest as module
from policy_gate.linting.nearest import (
    nearest,
    nearest_action,
    nearest_operator,
    nearest_service,
    nearest_service_of_action,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("action", "Action"),
        (" Action ", "Action"),
        ("Actoin", "Action"),
        ("Actions", "Action"),
        ("Condition", None),
        ("", None),
        ("Action" * 50, None),
    ],
)
def test_names(name: str, expected: str | None) -> None:
    assert nearest(name, ["Action", "Resource"]) == expected


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("s3:GetObjekt", "s3:GetObject"),
        ("s3:GetObject ", "s3:GetObject"),
        ("S3: getobjects", "s3:GetObject"),
        ("s3:ListBuckets", "s3:ListAllMyBuckets"),
        ("s3:HeadObject", "s3:GetObject"),
        ("ec2:DescribeInstance", "ec2:DescribeInstances"),
        ("s3:GetObjekt*", None),
        ("s3:Frobnicate", None),
        ("nosuchservice:GetObject", None),
        ("s3", None),
    ],
)
def test_actions(action: str, expected: str | None) -> None:
    assert nearest_action(catalog(), action) == expected


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("dynamo:GetItem", "dynamodb:GetItem"),
        ("cloudwatch-logs:PutLogEvents", "logs:PutLogEvents"),
        ("stepfunctions:StartExecution", "states:StartExecution"),
        ("ec:RunInstances", "ec2:RunInstances"),
        ("ec:Run*", None),
        ("simplestorage:GetObject", None),
        ("dynamo:Frobnicate", None),
        ("dynamo", None),
    ],
)
def test_services_of_actions(action: str, expected: str | None) -> None:
    assert nearest_service_of_action(catalog(), action) == expected


def test_services() -> None:
    assert nearest_service(catalog(), "Lambdas") == "lambda"
    assert nearest_service(catalog(), "efs") == "elasticfilesystem"
    assert nearest_service(catalog(), "simplestorage") is None


def test_the_names_of_operations_and_services_are_true() -> None:
    for operation, action in module._ACTIONS_OF_OPERATIONS.items():
        assert catalog().action(operation) is None
        known = catalog().action(action)
        assert known is not None
        assert f"{known.service}:{known.name}" == action
    for name, prefix in module._PREFIXES_OF_SERVICES.items():
        assert not catalog().has_service(name)
        assert catalog().has_service(prefix)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("StringEqual", "StringEquals"),
        ("stringequal", "StringEquals"),
        ("ForAllValue:StringLikes", "ForAllValues:StringLike"),
        ("ForAnyValue:StringEqualIfExist", "ForAnyValue:StringEqualsIfExists"),
        ("StringEqualsIfExistsIfExists", "StringEqualsIfExists"),
        ("NullIfExistsIfExists", "Null"),
        ("ForSomeOfThem:StringEquals", None),
        ("IfExists", None),
        ("StringMatches", None),
        ("ForAllValues:" * 9_000, None),
    ],
)
def test_operators(name: str, expected: str | None) -> None:
    operator = nearest_operator(name)
    assert (str(operator) if operator else None) == expected
