"""What a document answers to one request, by the rules of the IAM User Guide."""

from __future__ import annotations

from typing import Any

import pytest

from policy_gate.reasoning.answer import Witness
from policy_gate.reasoning.evaluator import decide
from tests.reasoning.documents import allow, deny, grant, policy

GET = Witness("s3:GetObject", "arn:aws:s3:::bucket/key")
CONDITION = {"Bool": {"aws:SecureTransport": "true"}}
ODD = {"BoolMatches": {"aws:SecureTransport": "true"}}
HOME = "arn:aws:s3:::bucket/${aws:username}"
A = "111122223333"
ROLE = f"arn:aws:iam::{A}:role/path/Dev"
SESSION = f"arn:aws:sts::{A}:assumed-role/Dev/me"


@pytest.mark.parametrize(
    ("statements", "decision"),
    [
        ([], "IMPLICIT_DENY"),
        ([allow("s3:*")], "ALLOW"),
        ([allow("s3:*"), deny("s3:Get*")], "DENY"),
        ([deny("s3:Get*")], "DENY"),
        ([deny("s3:Put*")], "IMPLICIT_DENY"),
        ([allow([])], "IMPLICIT_DENY"),
        ([allow("*", [])], "IMPLICIT_DENY"),
        ([{"Effect": "Allow", "NotAction": [], "NotResource": []}], "ALLOW"),
        ([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], "IMPLICIT_DENY"),
        ([{"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::b/*"}], "ALLOW"),
        ([allow("s3:*", Condition=CONDITION)], "IMPLICIT_DENY"),
        ([allow("s3:*", Condition=ODD)], "UNDECIDED"),
        ([allow("s3:*", Condition=CONDITION), allow("s3:*")], "ALLOW"),
        ([allow("s3:*", Condition={})], "ALLOW"),
        ([allow("iam:*", Condition=CONDITION)], "IMPLICIT_DENY"),
        ([allow("s3:*"), deny("s3:*", Condition=ODD)], "UNDECIDED"),
        ([deny("s3:*", Condition=CONDITION)], "IMPLICIT_DENY"),
        ([allow("s3:*", HOME)], "IMPLICIT_DENY"),
        ([allow("s3:*", HOME + "/*")], "IMPLICIT_DENY"),
        ([allow("s3:*", "arn:aws:s3:*/key")], "UNDECIDED"),
    ],
)
def test_identity_policies(statements: list[dict[str, Any]], decision: str) -> None:
    assert decide(policy(*statements), GET) == decision


@pytest.mark.parametrize(("version", "decision"), [("2008-10-17", "ALLOW"), (None, "ALLOW")])
def test_variables_are_plain_text_in_old_versions(version: str | None, decision: str) -> None:
    literal = Witness("s3:GetObject", HOME)
    assert decide(policy(allow("*", HOME), version=version), literal) == decision
    assert decide(policy(allow("*", HOME), version=version), GET) == "IMPLICIT_DENY"


def test_escaped_wildcards_are_plain_text() -> None:
    document = policy(allow("*", "arn:aws:s3:::bucket/${*}${?}${$}"))
    assert decide(document, Witness("s3:GetObject", "arn:aws:s3:::bucket/*?$")) == "ALLOW"
    assert decide(document, Witness("s3:GetObject", "arn:aws:s3:::bucket/abc")) == "IMPLICIT_DENY"


@pytest.mark.parametrize(
    ("element", "principal", "allowed"),
    [
        ("*", "*", True),
        ({"AWS": "*"}, "Service:ec2.amazonaws.com", True),
        ({"AWS": A}, "*", False),
        ({"AWS": A}, f"AWS:{ROLE}", True),
        ({"AWS": A}, f"AWS:{SESSION}", True),
        ({"AWS": A}, "AWS:arn:aws:iam::444455556666:root", False),
        ({"AWS": f"arn:aws:iam::{A}:root"}, f"AWS:{ROLE}", True),
        ({"AWS": ROLE}, f"AWS:{ROLE}", True),
        ({"AWS": ROLE}, f"AWS:{SESSION}", True),
        ({"AWS": ROLE}, f"AWS:arn:aws:sts::{A}:assumed-role/Other/me", False),
        ({"AWS": SESSION}, f"AWS:{ROLE}", False),
        ({"AWS": f"arn:aws:iam::{A}:role/*"}, f"AWS:{ROLE}", True),
        ({"Service": "ec2.amazonaws.com"}, "Service:ec2.amazonaws.com", True),
        ({"Service": "*"}, "Service:ec2.amazonaws.com", True),
        ({"Service": "*"}, f"AWS:{ROLE}", False),
        ({"Federated": "ec2.amazonaws.com"}, "Service:ec2.amazonaws.com", False),
        ({"AWS": []}, f"AWS:{ROLE}", False),
    ],
)
def test_principals(element: Any, principal: str, allowed: bool) -> None:
    decision = decide(policy(grant(element)), Witness("s3:GetObject", "*", principal))
    assert decision == ("ALLOW" if allowed else "IMPLICIT_DENY")


@pytest.mark.parametrize(
    ("element", "principal", "decision"),
    [
        ("*", "*", "IMPLICIT_DENY"),
        ({"AWS": ROLE}, "*", "ALLOW"),
        ({"AWS": ROLE}, "Service:ec2.amazonaws.com", "ALLOW"),
        ({"AWS": ROLE}, "AWS:arn:aws:iam::444455556666:root", "ALLOW"),
        ({"AWS": ROLE}, f"AWS:{ROLE}", "UNDECIDED"),
        ({"AWS": [ROLE, A]}, f"AWS:{ROLE}", "IMPLICIT_DENY"),
        ({"AWS": [ROLE, A]}, f"AWS:{SESSION}", "UNDECIDED"),
        ({"AWS": [ROLE, A, SESSION]}, f"AWS:{SESSION}", "IMPLICIT_DENY"),
        ({"AWS": A}, f"AWS:arn:aws:iam::{A}:root", "IMPLICIT_DENY"),
        ({"Service": "ec2.amazonaws.com"}, "Service:ec2.amazonaws.com", "IMPLICIT_DENY"),
    ],
)
def test_not_principals(element: Any, principal: str, decision: str) -> None:
    document = policy({"Effect": "Allow", "NotPrincipal": element, "Action": "*"})
    assert decide(document, Witness("s3:GetObject", "*", principal)) == decision
