"""CheckNoPublicAccess: fixed principals are not public, everybody else is."""

from __future__ import annotations

from typing import Any

import pytest

from policy_gate.reasoning.checks import check_no_public_access
from tests.reasoning.documents import grant, policy

A = "111122223333"
ROLE = f"arn:aws:iam::{A}:role/Dev"
DENY_ALL = {**grant("*"), "Effect": "Deny"}


@pytest.mark.parametrize(
    ("statements", "result"),
    [
        ([grant("*")], "FAIL"),
        ([grant({"AWS": "*"})], "FAIL"),
        ([grant({"AWS": [A, "*"]})], "FAIL"),
        ([grant({"AWS": A})], "PASS"),
        ([grant({"AWS": ROLE})], "PASS"),
        ([grant({"AWS": f"arn:aws:iam::{A}:role/*"})], "FAIL"),
        ([grant({"Service": "sns.amazonaws.com"})], "PASS"),
        ([grant({"Service": "*"})], "FAIL"),
        ([grant({"CanonicalUser": "79a59df900b949e5"})], "PASS"),
        ([grant({"Federated": f"arn:aws:iam::{A}:saml-provider/corp"})], "PASS"),
        ([grant({"Federated": "graph.facebook.com"})], "FAIL"),
        ([grant({"Federated": "accounts.google.com"})], "FAIL"),
        ([grant({"Federated": "www.amazon.com"})], "FAIL"),
        ([grant({"Federated": "cognito-identity.amazonaws.com"})], "FAIL"),
        ([{"Effect": "Allow", "NotPrincipal": {"AWS": A}, "Action": "s3:*"}], "FAIL"),
        ([grant("*"), DENY_ALL], "PASS"),
        ([grant("*"), {**DENY_ALL, "Action": "s3:Get*"}], "FAIL"),
        ([grant("*"), {"Effect": "Deny", "NotPrincipal": {"AWS": ROLE}, "Action": "*"}], "PASS"),
        ([grant("*", []), grant({"AWS": A})], "PASS"),
        ([DENY_ALL], "PASS"),
        ([], "PASS"),
    ],
)
def test_principals(statements: list[dict[str, Any]], result: str) -> None:
    assert check_no_public_access(policy(*statements), "AWS::S3::Bucket").result == result


def test_wording_and_witness() -> None:
    answer = check_no_public_access(
        policy(grant({"AWS": A}), grant("*", Sid="All"), grant("*", "s3:PutObject")),
        "AWS::S3::Bucket",
    )
    assert answer.message.startswith("The resource policy grants public access")
    assert [reason.description for reason in answer.reasons] == [
        "Public access granted in the following statement with sid: All.",
        "Public access granted in the following statement with index: 2.",
    ]
    assert answer.reasons[1].witness
    assert answer.reasons[1].witness.action == "s3:PutObject"
    assert answer.reasons[1].witness.principal == "*"
