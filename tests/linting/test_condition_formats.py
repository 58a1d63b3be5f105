from __future__ import annotations

import pytest

from tests.linting.test_rules import statement_codes


@pytest.mark.parametrize(
    ("operator", "key", "value", "expected"),
    [
        ("StringEquals", "aws:SourceVpc", "vpc-0abc12de", []),
        ("StringEquals", "aws:sourceVpc", "vpc-0abc12de0abc12de0", []),
        ("StringLike", "aws:SourceVpc", "vpc-0ABC12DE", []),
        ("StringNotEquals", "aws:SourceVpc", "vpc-0abc12de0", ["INVALID_VPC_FORMAT"]),
        ("StringEquals", "aws:SourceVpc", "vpce-0abc12de", ["INVALID_VPC_FORMAT"]),
        ("StringEquals", "aws:SourceVpc", "${aws:PrincipalTag/vpc}", []),
        ("Null", "aws:SourceVpc", "true", []),
        ("StringEquals", "aws:SourceVpce", "vpce-0abc12de0abc12de0", []),
        ("StringEqualsIfExists", "aws:SourceVpce", "0abc12de", ["INVALID_VPCE_FORMAT"]),
    ],
)  # fmt: skip
def test_values_of_a_fixed_form(operator: str, key: str, value: str, expected: list[str]) -> None:
    action = "iam:PassRole" if key.startswith("iam:") else "s3:GetObject"
    found = statement_codes(Action=action, Resource="*", Condition={operator: {key: value}})
    assert found == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("s3.us-east-1.amazonaws.com", []),
        ("s3.cn-north-1.amazonaws.com.cn", []),
        ("s3.us-iso-east-1.c2s.ic.gov", []),
        ("s3.amazonaws.com", ["INVALID_SERVICE_PRINCIPAL_FORMAT"]),
        ("s3", ["INVALID_SERVICE_PRINCIPAL_FORMAT"]),
    ],
)
def test_services_through_which_a_key_is_used(value: str, expected: list[str]) -> None:
    found = statement_codes(
        Action="kms:Decrypt",
        Resource="arn:aws:kms:us-east-1:111122223333:key/*",
        Condition={"StringEquals": {"kms:ViaService": value}},
    )
    assert found == expected


@pytest.mark.parametrize(
    ("key", "is_reported"),
    [
        ("aws:ResourceTag/team", False),
        ("aws:ResourceTag/", True),
        ("aws:requesttag", True),
        ("aws:PrincipalTag", True),
        ("ec2:ResourceTag", True),
        ("s3:ExistingObjectTag/", True),
        ("aws:TagKeys", False),
        ("ec2:InstanceMetadataTags", False),
        ("secretsmanager:ResourceTag/tag-key", False),
    ],
)
def test_keys_about_tags(key: str, is_reported: bool) -> None:
    found = statement_codes(Condition={"StringEquals": {key: "x"}})
    assert ("MISSING_TAG_KEY_IN_CONDITION" in found) == is_reported


@pytest.mark.parametrize(
    ("operator", "value", "is_reported"),
    [
        ("StringEquals", "arn:aws:kms:us-east-1:111122223333:key/0d1e", False),
        ("ArnEquals", "arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-0d1e", False),
        ("StringLike", "arn:aws:kms:*:111122223333:key/*", False),
        ("StringEquals", "${aws:PrincipalTag/key}", False),
        ("Null", "true", False),
        ("StringNotEqualsIfExists", "0d1e2f3a", True),
        ("StringEquals", "arn:aws:kms:us-east-1:111122223333:alias/app", True),
        ("ArnEquals", "arn:aws:kms:us-east-1::key/0d1e", True),
    ],
)
def test_values_that_are_kms_keys(operator: str, value: str, is_reported: bool) -> None:
    key = "s3:x-amz-server-side-encryption-aws-kms-key-id"
    found = statement_codes(Action="s3:PutObject", Condition={operator: {key: value}})
    assert ("INVALID_KMS_KEY_VALUE" in found) == is_reported
