"""Single entries against single actions and resources."""

from __future__ import annotations

import pytest

from policy_gate.reasoning.matching import action_matches, resource_matches


@pytest.mark.parametrize(
    ("pattern", "action", "matches"),
    [
        ("s3:GetObject", "s3:GetObject", True),
        ("S3:getobject", "s3:GetObject", True),
        ("s3:Get*", "s3:GetObject", True),
        ("s3:Get*", "s3:PutObject", False),
        ("*", "iam:PassRole", True),
        ("*:*", "iam:PassRole", True),
        ("s3*", "s3-object-lambda:GetObject", True),
        ("s3:Get?bject", "s3:GetObject", True),
        ("s3:GetObject?", "s3:GetObject", False),
        ("s3:*Object*", "s3:GetObject", True),
        ("s3:*Object*Acl", "s3:GetObjectVersionAcl", True),
        ("s3:Get+", "s3:Gett", False),
        ("", "s3:GetObject", False),
    ],
)
def test_actions(pattern: str, action: str, matches: bool) -> None:
    assert action_matches(pattern, action) is matches


@pytest.mark.parametrize(
    ("pattern", "resource", "matches"),
    [
        ("*", "arn:aws:s3:::bucket/key", True),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/key", True),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket", False),
        ("arn:aws:s3:::Bucket", "arn:aws:s3:::bucket", False),
        ("arn:aws:sns:*:*:topic", "arn:aws:sns:us-east-1:111122223333:topic", True),
        ("arn:aws:*:topic", "arn:aws:sns:us-east-1:111122223333:topic", False),
        (
            "arn:aws:logs:*:*:*",
            "arn:aws:logs:us-east-1:111122223333:log-group:x:log-stream:y",
            True,
        ),
        ("arn:aws:sns:*:111122223333:a:b", "arn:aws:sns:us:111122223333:a:b", True),
        ("arn:aws:s*:us-1:1:b", "arn:aws:sns:us-1:1:b", True),
        ("arn:aws:s*:1:b", "arn:aws:sns:us-1:1:b", False),
        ("arn:aws:s3*", "arn:aws:s3:::bucket/key", True),
        ("arn:aws:s3", "arn:aws:s3:::bucket", False),
        ("arn:*", "arn:aws:s3:::bucket", True),
        ("execute-api:/*", "execute-api:/prod/GET/pets", True),
        ("arn:aws:s3:::b?", "arn:aws:s3:::b", False),
        ("arn:aws:s3:::${aws:username}", "arn:aws:s3:::${aws:username}", True),
    ],
)
def test_resources(pattern: str, resource: str, matches: bool) -> None:
    assert resource_matches(pattern, resource) is matches


def test_matching_many_stars_takes_no_exponential_time() -> None:
    assert not action_matches("s3:" + "*a" * 500 + "b", "s3:" + "a" * 2000)


def test_only_ascii_letters_have_two_cases() -> None:
    assert action_matches("KMS:decrypt", "kms:Decrypt")
    assert not action_matches("\N{KELVIN SIGN}ms:*", "kms:Decrypt")
