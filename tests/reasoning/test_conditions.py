"""Conditions and policy variables decide; what AWS does not define is UNKNOWN, never a guess."""

from __future__ import annotations

from typing import Any

import pytest

from policy_gate.reasoning.checks import (
    check_access_not_granted,
    check_no_new_access,
    check_no_public_access,
)
from tests.reasoning.documents import IDENTITY, allow, deny, grant, policy

MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
ODD = {"StringMatches": {"aws:PrincipalTag/Team": "a"}}
TLS = {"Bool": {"aws:SecureTransport": "true"}}
BOTH = {"Bool": {"aws:MultiFactorAuthPresent": "true", "aws:SecureTransport": "true"}}
HOME = "arn:aws:s3:::home/${aws:username}/*"


@pytest.mark.parametrize(
    ("new", "existing", "result"),
    [
        # A condition on one side.
        ([allow("s3:*", Condition=MFA)], [allow("s3:*")], "PASS"),
        ([allow("s3:*", Condition=MFA)], [], "FAIL"),
        ([allow("s3:*")], [allow("s3:*", Condition=MFA)], "FAIL"),
        ([allow("s3:*")], [allow("s3:Get*", Condition=MFA)], "FAIL"),
        ([allow("s3:*"), deny("s3:*", Condition=MFA)], [allow("s3:*")], "PASS"),
        ([allow("s3:*"), deny("s3:*", Condition=MFA)], [], "FAIL"),
        ([allow("s3:*"), deny("s3:Put*", Condition=MFA)], [], "FAIL"),
        ([allow("s3:*")], [allow("s3:*"), deny("s3:*", Condition=MFA)], "FAIL"),
        ([allow("s3:*")], [allow("s3:Get*"), deny("s3:*", Condition=MFA)], "FAIL"),
        ([allow("s3:*", Condition=MFA), allow("s3:*")], [], "FAIL"),
        # The same condition on both sides, in any spelling.
        ([allow("s3:*", Condition=MFA)], [allow("s3:*", Condition=MFA)], "PASS"),
        ([allow("s3:*", Condition={"bool": {"aws:multifactorauthpresent": True}})],
         [allow("s3:*", Condition=MFA)], "PASS"),
        ([allow("s3:*", Condition=BOTH)], [allow("s3:*", Condition=MFA)], "PASS"),
        ([allow("s3:*", Condition=MFA)], [allow("s3:*", Condition=BOTH)], "FAIL"),
        ([allow("s3:*", Condition=MFA)], [allow("s3:*", Condition=TLS)], "FAIL"),
        ([allow("s3:*"), deny("s3:*", Condition=MFA)],
         [allow("s3:*"), deny("s3:*", Condition=MFA)], "PASS"),
        ([allow("s3:*", Condition=MFA), deny("s3:*", Condition=MFA)], [], "PASS"),
        ([allow("s3:*", Condition=MFA)], [allow("s3:*"), deny("s3:*", Condition=MFA)], "FAIL"),
        # A condition without keys is none.
        ([allow("s3:*", Condition={})], [], "FAIL"),
        ([allow("s3:*", Condition={"Bool": {}})], [], "FAIL"),
        # Policy variables.
        ([allow("s3:*", HOME)], [allow("s3:*", HOME)], "PASS"),
        ([allow("s3:*", HOME)], [allow("s3:*", "arn:aws:s3:::home/*")], "PASS"),
        ([allow("s3:*", HOME)], [], "FAIL"),
        ([allow("s3:*", "arn:aws:s3:::home/bob/x")], [allow("s3:*", HOME)], "FAIL"),
        ([allow("s3:*", "arn:aws:s3:::away/x")], [allow("s3:*", HOME)], "FAIL"),
        ([allow("s3:*", "arn:aws:s3:::home/*"), deny("s3:*", HOME)], [], "FAIL"),
        ([allow("s3:*", "arn:aws:s3:::home/b/*"), deny("s3:*", HOME)], [], "FAIL"),
        ([allow("s3:*"), deny("s3:*", HOME)], [allow("s3:*"), deny("s3:*", HOME)], "PASS"),
        ([allow("s3:*", HOME), deny("s3:*", HOME)], [], "PASS"),
        ([allow("s3:*")], [allow("s3:*"), deny("s3:*", HOME)], "FAIL"),
        ([{"Effect": "Allow", "Action": "s3:*", "NotResource": HOME}],
         [{"Effect": "Allow", "Action": "s3:*", "NotResource": HOME}], "PASS"),
        ([{"Effect": "Allow", "Action": "s3:*", "NotResource": HOME}],
         [allow("s3:*"), deny("s3:*", HOME)], "PASS"),
        ([allow("s3:*", "arn:aws:s3:::a${*}")], [allow("s3:*", "arn:aws:s3:::a${*}")], "PASS"),
        ([allow("s3:*", "arn:aws:s3:::ab")], [allow("s3:*", "arn:aws:s3:::a${*}")], "FAIL"),
        ([allow("s3:*", "arn:aws:s3:::a*")], [allow("s3:*", "arn:aws:s3:::a${*}")], "FAIL"),
        ([allow("s3:*", ["arn:aws:iam::1:x", "*"])],
         [{"Effect": "Allow", "Action": "*", "NotResource": HOME}], "FAIL"),
        # An ARN of too few segments.
        ([allow("s3:*", "arn:aws:s3:*/x")], [], "UNKNOWN"),
        ([allow("s3:*", "arn:aws:s3:*/x")], [allow("s3:*", "arn:aws:s3:*/x")], "PASS"),
    ],
)  # fmt: skip
def test_no_new_access(
    new: list[dict[str, Any]], existing: list[dict[str, Any]], result: str
) -> None:
    assert check_no_new_access(policy(*new), policy(*existing), IDENTITY).result == result


def test_variables_in_old_versions_are_plain_text() -> None:
    new = policy(allow("s3:*", HOME), version=None)
    answer = check_no_new_access(new, policy(), IDENTITY)
    assert answer.result == "FAIL"
    assert answer.reasons[0].witness
    assert "${aws:username}" in answer.reasons[0].witness.resource
    assert check_no_new_access(new, policy(allow("s3:*", HOME)), IDENTITY).result == "FAIL"


def test_an_invalid_arn_with_a_variable_differs_by_version() -> None:
    new = policy(allow("s3:*", "arn:aws:s3:*/${aws:username}"))
    old = policy(allow("s3:*", "arn:aws:s3:*/${aws:username}"), version=None)
    assert check_no_new_access(new, new, IDENTITY).result == "PASS"
    assert check_no_new_access(new, old, IDENTITY).result == "UNKNOWN"


def test_condition_values_with_variables_differ_by_version() -> None:
    owner = {"StringEquals": {"aws:ResourceTag/Owner": "${aws:username}"}}
    old = policy(allow(Condition=owner), version="2008-10-17")
    new = policy(allow(Condition=owner))
    assert check_no_new_access(new, old, IDENTITY).result == "FAIL"
    assert check_no_new_access(old, old, IDENTITY).result == "PASS"


def test_an_unknown_names_statement_and_condition_key() -> None:
    new = policy(allow("ec2:*"), allow("s3:*", Sid="Objects", Condition=ODD))
    answer = check_no_new_access(new, policy(allow("ec2:*")), IDENTITY)
    assert answer.result == "UNKNOWN"
    assert "sid: Objects" in answer.message
    assert "aws:PrincipalTag/Team" in answer.message
    (reason,) = answer.reasons
    assert (reason.statementIndex, reason.statementId, reason.witness) == (1, "Objects", None)


def test_a_fail_lists_the_guilty_and_mentions_the_undecided() -> None:
    new = policy(allow("ec2:*", Condition=ODD), allow("s3:*"))
    answer = check_no_new_access(new, policy(), IDENTITY)
    assert answer.result == "FAIL"
    assert [reason.statementIndex for reason in answer.reasons] == [1]
    assert "index: 0" in answer.message
    assert "aws:PrincipalTag/Team" in answer.message


@pytest.mark.parametrize(
    ("statement", "result"),
    [
        (allow("iam:*", Condition=MFA), "FAIL"),
        (allow("iam:*", Condition=ODD), "UNKNOWN"),
        (allow("s3:*", Condition=MFA), "PASS"),
        (allow("iam:*"), "FAIL"),
    ],
)
def test_access_not_granted(statement: dict[str, Any], result: str) -> None:
    answer = check_access_not_granted(policy(statement), ["iam:CreateUser"], [], IDENTITY)
    assert answer.result == result


@pytest.mark.parametrize(
    ("statements", "result"),
    [
        ([grant("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})], "PASS"),
        ([grant({"AWS": "111122223333"}, Condition=MFA)], "PASS"),
        ([grant("*"), {**grant("*", Condition=TLS), "Effect": "Deny"}], "FAIL"),
        ([grant("*", Condition=MFA), {**grant("*"), "Effect": "Deny"}], "PASS"),
    ],
)
def test_no_public_access(statements: list[dict[str, Any]], result: str) -> None:
    assert check_no_public_access(policy(*statements), "AWS::S3::Bucket").result == result


@pytest.mark.parametrize("broken", ["${aws:PrincipalTag/${x}}", "${aws:username"])
def test_a_broken_variable_is_open_from_its_beginning(broken: str) -> None:
    new = policy(allow("s3:GetObject", f"arn:aws:s3:::home/{broken}/*"))
    reference = policy(allow("*"), deny("s3:*", "arn:aws:s3:::home/secret*"))

    assert check_no_new_access(new, reference, IDENTITY).result == "UNKNOWN"
    assert check_no_new_access(new, new, IDENTITY).result == "PASS"
