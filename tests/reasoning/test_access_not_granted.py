"""CheckAccessNotGranted: none of the actions, on any of the resources."""

from __future__ import annotations

from typing import Any

import pytest

from policy_gate.reasoning.checks import check_access_not_granted
from tests.reasoning.documents import IDENTITY, RESOURCE, allow, deny, grant, policy

SECRET = "arn:aws:s3:::secret/*"


@pytest.mark.parametrize(
    ("statement", "actions", "resources", "result"),
    [
        (allow("s3:Get*"), ["s3:GetObject"], [], "FAIL"),
        (allow("s3:get*"), ["S3:GETOBJECT"], [], "FAIL"),
        (allow("s3:Get*"), ["s3:PutObject", "s3:Delete*"], [], "PASS"),
        (allow("s3:GetObject"), ["s3:*"], [], "FAIL"),
        (allow("s3:GetObject"), ["*"], [], "FAIL"),
        (allow("s3:*", SECRET), [], [SECRET], "FAIL"),
        (allow("s3:*", "arn:aws:s3:::open/*"), [], [SECRET], "PASS"),
        (allow("s3:*", "arn:aws:s3:::s*"), [], ["arn:aws:s3:::secret"], "FAIL"),
        (allow("s3:*", SECRET), [], ["*"], "FAIL"),
        (allow("s3:Get*", SECRET), ["s3:PutObject"], [SECRET], "PASS"),
        (allow("s3:Put*", "arn:aws:s3:::open/*"), ["s3:PutObject"], [SECRET], "PASS"),
        (allow("s3:Put*", "*"), ["s3:PutObject"], [SECRET], "FAIL"),
        (
            {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
            ["iam:CreateUser"],
            [],
            "PASS",
        ),
        ({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}, ["iam:CreateUser"], [], "FAIL"),
        ({"Effect": "Allow", "Action": "s3:*", "NotResource": SECRET}, [], [SECRET], "PASS"),
    ],
)
def test_identity_policies(
    statement: dict[str, Any], actions: list[str], resources: list[str], result: str
) -> None:
    answer = check_access_not_granted(policy(statement), actions, resources, IDENTITY)
    assert answer.result == result
    denied = policy(statement, deny(actions or "*", resources or "*"))
    assert check_access_not_granted(denied, actions, resources, IDENTITY).result == "PASS"


@pytest.mark.parametrize(
    ("actions", "resources", "message", "reason"),
    [
        (
            ["s3:GetObject"],
            [],
            "The policy document grants access to perform one or more of the listed actions.",
            "One or more of the listed actions in the statement with index: 0.",
        ),
        (
            [],
            [SECRET],
            "The policy document grants access to one or more of the listed resources.",
            "One or more of the listed resources in the statement with index: 0.",
        ),
        (
            ["s3:GetObject"],
            [SECRET],
            (
                "The policy document grants access to one or more listed resources to perform one"
                " or more listed actions."
            ),
            "One or more of the listed actions and/or resources in the statement with index: 0.",
        ),
    ],
)
def test_wording(actions: list[str], resources: list[str], message: str, reason: str) -> None:
    answer = check_access_not_granted(policy(allow("s3:*")), actions, resources, IDENTITY)
    assert answer.message == message
    assert [r.description for r in answer.reasons] == [reason]


def test_the_witness_is_one_of_the_listed_actions() -> None:
    answer = check_access_not_granted(
        policy(grant({"AWS": "111122223333"})), ["iam:CreateUser", "s3:DeleteBucket"], [], RESOURCE
    )
    assert answer.reasons[0].witness
    assert answer.reasons[0].witness.action == "s3:DeleteBucket"
    assert answer.reasons[0].witness.principal == "AWS:arn:aws:iam::111122223333:role/example"


def test_a_hundred_actions_and_resources() -> None:
    actions = [f"svc{i}:Delete*" for i in range(100)]
    resources = [f"arn:aws:svc{i}:::sensitive/*" for i in range(100)]
    new = policy(allow([f"svc{i}:Get*" for i in range(100)]), allow("svc7:D*"))
    answer = check_access_not_granted(new, actions, resources, IDENTITY)
    assert [reason.statementIndex for reason in answer.reasons] == [1]


def test_neither_actions_nor_resources_is_no_question() -> None:
    with pytest.raises(ValueError, match="neither"):
        check_access_not_granted(policy(), [], [], IDENTITY)


def test_a_deny_of_what_only_looks_like_the_action_denies_nothing() -> None:
    document = policy(allow("kms:Decrypt"), deny("\N{KELVIN SIGN}ms:*"))
    assert check_access_not_granted(document, ["kms:Decrypt"], [], IDENTITY).result == "FAIL"
