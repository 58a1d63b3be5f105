"""Exactly the actions become possible that some request shows, each with that request."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_gate.catalog.iam_data import catalog
from policy_gate.reasoning.access_by_action import AccessByAction, access_by_action
from policy_gate.reasoning.answer import PolicyDocumentError
from policy_gate.reasoning.checks import check_no_new_access
from policy_gate.reasoning.evaluator import decide
from tests.properties import examples
from tests.reasoning.documents import IDENTITY, RESOURCE, allow, deny, grant, policy
from tests.reasoning.strategies import ACTIONS, conditional, statements

Statements = list[dict[str, Any]]
S3 = ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:GetBucketPolicy"]


def possible(access: AccessByAction) -> list[str]:
    return [item.action for item in access.possible]


def test_actions_come_in_the_order_asked_with_statement_and_witness() -> None:
    new = policy(allow("ec2:*"), allow(["s3:Get*", "s3:PutObject"], Sid="Objects"))
    access = access_by_action(new, policy(allow("s3:GetBucket*")), IDENTITY, [*S3, S3[0]])
    assert possible(access) == ["s3:GetObject", "s3:PutObject"]
    assert {(item.statementIndex, item.statementId) for item in access.possible} == {(1, "Objects")}
    assert [item.witness.action for item in access.possible] == possible(access)
    assert access.undecided == ()


def test_an_action_that_a_condition_no_longer_restricts_is_new() -> None:
    tls = {"Bool": {"aws:SecureTransport": "true"}}
    existing = policy(allow("s3:Get*", Condition=tls), allow("s3:List*"))
    access = access_by_action(policy(allow("s3:*")), existing, IDENTITY, S3)
    assert possible(access) == ["s3:GetObject", "s3:PutObject", "s3:GetBucketPolicy"]


def test_what_is_undecided_is_listed_apart() -> None:
    odd = {"StringMatches": {"aws:PrincipalTag/team": "x"}}
    new = policy(allow("s3:Get*", Condition=odd), allow("s3:GetObject"))
    access = access_by_action(new, policy(), IDENTITY, S3)
    assert possible(access) == ["s3:GetObject"]
    assert [(item.action, item.question) for item in access.undecided] == [
        ("s3:GetBucketPolicy", "the condition on aws:PrincipalTag/team decides")
    ]


def test_principals_of_resource_policies_count() -> None:
    new = policy(grant("*", "s3:GetObject"), grant({"AWS": "111122223333"}, "s3:PutObject"))
    existing = policy(grant({"AWS": "111122223333"}, "s3:*"))
    access = access_by_action(new, existing, RESOURCE, S3)
    assert possible(access) == ["s3:GetObject"]


def test_all_actions_of_aws_but_those_that_are_denied() -> None:
    names = [name for service in catalog().services() for name in catalog().action_names(service)]
    new = policy(allow("*"), deny("iam:*"))
    access = access_by_action(new, policy(allow("s3:Get*")), IDENTITY, names)
    expected = [
        name for name in names if not name.startswith("iam:") and name[:6].lower() != "s3:get"
    ]
    assert possible(access) == expected


def test_documents_that_are_no_policies_are_refused() -> None:
    with pytest.raises(PolicyDocumentError):
        access_by_action("{}", policy(), IDENTITY, S3)
    with pytest.raises(PolicyDocumentError):
        access_by_action(policy(), "[]", IDENTITY, S3)


@examples(100)
@given(st.lists(conditional(statements()), max_size=4), st.lists(statements(), max_size=4))
def test_it_agrees_with_the_check(new: Statements, existing: Statements) -> None:
    access = access_by_action(policy(*new), policy(*existing), IDENTITY, ACTIONS)
    assert access.undecided == ()
    for item in access.possible:
        assert decide(policy(*new), item.witness) == "ALLOW"
        assert decide(policy(*existing), item.witness) in ("DENY", "IMPLICIT_DENY")
    for action in ACTIONS:
        only = deny([], NotAction=action)
        del only["Action"]
        answer = check_no_new_access(policy(*new, only), policy(*existing), IDENTITY)
        assert (answer.result == "FAIL") is (action in possible(access))
