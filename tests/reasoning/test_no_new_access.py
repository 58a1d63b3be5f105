"""CheckNoNewAccess, row by row of the policy language."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policy_gate.reasoning.answer import Answer, PolicyDocumentError
from policy_gate.reasoning.checks import check_no_new_access
from policy_gate.reasoning.evaluator import decide
from tests.reasoning.documents import IDENTITY, RESOURCE, allow, deny, grant, policy

BUCKET = "arn:aws:s3:::bucket"
SENSITIVE = "arn:aws:iam::*:role/my-sensitive-roles/*"
A, B = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{A}:role/Dev"
SESSION = f"arn:aws:sts::{A}:assumed-role/Dev/me"


def identity(new: list[dict[str, Any]], existing: list[dict[str, Any]]) -> Answer:
    return check_no_new_access(policy(*new), policy(*existing), IDENTITY)


def trust(new: list[dict[str, Any]], existing: list[dict[str, Any]]) -> Answer:
    return check_no_new_access(policy(*new), policy(*existing), RESOURCE)


@pytest.mark.parametrize(
    ("new", "existing", "result"),
    [
        # Actions: case, wildcards, the union of several patterns.
        ([allow("S3:GETOBJECT")], [allow("s3:GetObject")], "PASS"),
        ([allow("s3:Get*")], [allow("s3:*")], "PASS"),
        ([allow("s3:*")], [allow("s3:Get*")], "FAIL"),
        ([allow("s3:Get?")], [allow("s3:Get*")], "PASS"),
        ([allow("s3:Get*")], [allow(["s3:Get", "s3:Get?*"])], "PASS"),
        ([allow("s3:Get*")], [allow("s3:Get?*")], "FAIL"),
        ([allow("*")], [allow("*:*")], "PASS"),
        ([allow("s3**")], [allow("s3*")], "PASS"),
        ([allow("s3:a+b")], [allow("s3:aab")], "FAIL"),
        ([allow("s3*")], [allow("s3:*")], "FAIL"),
        ([allow(["s3:Get*", "s3:Put*"])], [allow("s3:Get*"), allow("s3:Put*")], "PASS"),
        # Not forms.
        ([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], [allow("*")], "PASS"),
        (
            [allow("ec2:*")],
            [{"Effect": "Allow", "NotAction": ["iam:*", "s3:*"], "Resource": "*"}],
            "PASS",
        ),
        ([allow("s3:*")], [{"Effect": "Allow", "NotAction": "s3:Get*", "Resource": "*"}], "FAIL"),
        (
            [{"Effect": "Allow", "Action": "s3:*", "NotResource": f"{BUCKET}/*"}],
            [allow("s3:*"), deny("s3:*", f"{BUCKET}/secret/*")],
            "PASS",
        ),
        (
            [{"Effect": "Allow", "Action": "s3:*", "NotResource": f"{BUCKET}/secret/*"}],
            [allow("s3:*"), deny("s3:*", f"{BUCKET}/*")],
            "FAIL",
        ),
        (
            [allow("s3:*"), {"Effect": "Deny", "Action": "*", "NotResource": f"{BUCKET}/*"}],
            [allow("s3:*", f"{BUCKET}/*")],
            "PASS",
        ),
        (
            [{"Effect": "Allow", "NotAction": "s3:*", "Resource": f"{BUCKET}/*"}],
            [{"Effect": "Allow", "NotAction": "s3:Get*", "Resource": f"{BUCKET}/*"}],
            "PASS",
        ),
        # Resources: case, segments, the union of several patterns.
        ([allow("s3:*", BUCKET)], [allow("s3:*", BUCKET.upper())], "FAIL"),
        ([allow("s3:*", f"{BUCKET}/*")], [allow("s3:*", f"{BUCKET}*")], "PASS"),
        ([allow("s3:*", f"{BUCKET}*")], [allow("s3:*", [BUCKET, f"{BUCKET}?*"])], "PASS"),
        ([allow("s3:*", "arn:aws:s3:::*")], [allow("s3:*", "arn:*")], "PASS"),
        ([allow("s3:*", "arn:*")], [allow("s3:*", "arn:aws*")], "FAIL"),
        ([allow("s3:*", "arn:aws:s3*")], [allow("s3:*", "arn:aws:s3:*:*:*")], "FAIL"),
        ([allow("s3:*", "arn:aws:s3:*")], [allow("s3:*", "arn:aws:s3:*:*:*")], "PASS"),
        (
            [allow("*", "arn:aws:cloudformation:*:*:stack/A/*")],
            [allow(), deny("*", "arn:aws:cloudformation:*:*:stack/B/*")],
            "PASS",
        ),
        ([allow("*", "execute-api:/*")], [allow("*", "arn:*")], "FAIL"),
        # Deny in either.
        ([allow(), deny()], [], "PASS"),
        ([allow()], [], "FAIL"),
        ([allow()], [deny()], "FAIL"),
        ([deny()], [deny()], "PASS"),
        ([], [], "PASS"),
        ([allow("iam:PassRole", "*")], [allow(), deny("iam:PassRole", SENSITIVE)], "FAIL"),
        (
            [allow("iam:PassRole", f"arn:aws:iam::{A}:role/app")],
            [allow(), deny("iam:PassRole", SENSITIVE)],
            "PASS",
        ),
        ([allow(), deny("iam:*", SENSITIVE)], [allow(), deny("iam:PassRole", SENSITIVE)], "PASS"),
        ([allow("s3:*"), deny("s3:Put*")], [allow("s3:*"), deny(["s3:Put*", "s3:Get*"])], "FAIL"),
        (
            [allow("s3:*"), deny("s3:*", f"{BUCKET}/a*"), deny("s3:a*")],
            [allow("s3:*"), deny("s3:a*", f"{BUCKET}/a*")],
            "PASS",
        ),
        # Empty arrays match nothing, empty Not arrays everything.
        ([allow([])], [], "PASS"),
        ([allow("*", [])], [], "PASS"),
        ([{"Effect": "Allow", "NotAction": [], "Resource": "*"}], [allow("s3:*")], "FAIL"),
        ([allow()], [{"Effect": "Allow", "NotAction": [], "NotResource": []}], "PASS"),
        ([allow(), deny([])], [allow("s3:*")], "FAIL"),
        # What no request can be.
        ([allow("nonsense")], [], "PASS"),
        ([allow(["nonsense", "s3:*"])], [], "FAIL"),
    ],
)
def test_identity_policies(
    new: list[dict[str, Any]], existing: list[dict[str, Any]], result: str
) -> None:
    answer = identity(new, existing)
    assert answer.result == result
    for reason in answer.reasons:
        assert reason.witness
        assert reason.witness.principal is None
        assert decide(policy(*new), reason.witness) == "ALLOW"
        assert decide(policy(*existing), reason.witness) in ("DENY", "IMPLICIT_DENY")


@pytest.mark.parametrize(
    ("new", "existing", "result"),
    [
        ("*", "*", "PASS"),
        ({"AWS": "*"}, "*", "PASS"),
        ("*", {"AWS": ["*", A]}, "PASS"),
        ({"Service": "*"}, {"AWS": "*"}, "PASS"),
        ("*", {"AWS": A}, "FAIL"),
        ("*", {"Service": "*", "Federated": "*", "CanonicalUser": "*"}, "FAIL"),
        ({"AWS": A}, {"AWS": f"arn:aws:iam::{A}:root"}, "PASS"),
        ({"AWS": f"arn:aws:iam::{A}:root"}, {"AWS": A}, "PASS"),
        ({"AWS": f"arn:aws-us-gov:iam::{A}:root"}, {"AWS": A}, "PASS"),
        ({"AWS": A}, {"AWS": B}, "FAIL"),
        ({"AWS": ROLE}, {"AWS": A}, "PASS"),
        ({"AWS": A}, {"AWS": ROLE}, "FAIL"),
        ({"AWS": SESSION}, {"AWS": ROLE}, "PASS"),
        ({"AWS": ROLE}, {"AWS": SESSION}, "FAIL"),
        ({"AWS": f"arn:aws:sts::{A}:federated-user/me"}, {"AWS": A}, "PASS"),
        ({"AWS": ROLE}, {"AWS": f"arn:aws:iam::{A}:role/*"}, "PASS"),
        ({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}, {"AWS": A}, "FAIL"),
        ({"Service": "ec2.amazonaws.com"}, {"Service": "ec2.amazonaws.com"}, "PASS"),
        ({"Service": "ec2.amazonaws.com"}, {"AWS": A}, "FAIL"),
        ({"Service": "ec2.amazonaws.com"}, {"Federated": "ec2.amazonaws.com"}, "FAIL"),
        ({"CanonicalUser": "79a59df9"}, {"CanonicalUser": "79a59df9"}, "PASS"),
        ({"AWS": []}, {"AWS": A}, "PASS"),
    ],
)
def test_principals(new: Any, existing: Any, result: str) -> None:
    answer = trust([grant(new)], [grant(existing)])
    assert answer.result == result
    for reason in answer.reasons:
        assert reason.witness
        assert reason.witness.principal


@pytest.mark.parametrize(
    ("new", "existing", "result"),
    [
        ([{"NotPrincipal": {"AWS": A}, "Effect": "Allow"}], [grant("*")], "PASS"),
        ([grant({"AWS": B})], [{"NotPrincipal": {"AWS": A}, "Effect": "Allow"}], "PASS"),
        ([{"NotPrincipal": {"AWS": A}, "Effect": "Allow"}], [grant({"AWS": B})], "FAIL"),
        ([{"NotPrincipal": {"AWS": ROLE}, "Effect": "Allow"}], [grant({"AWS": A})], "FAIL"),
        ([grant("*"), {"NotPrincipal": {"AWS": ROLE}, "Effect": "Deny"}], [grant({"AWS": ROLE})],
         "PASS"),
        ([grant({"AWS": ROLE}), {"NotPrincipal": {"AWS": [A, ROLE]}, "Effect": "Deny"}], [],
         "FAIL"),
        ([grant({"AWS": ROLE}), {"NotPrincipal": {"AWS": B}, "Effect": "Deny"}], [], "PASS"),
        # Whether naming the role without its account spares it, is not documented.
        ([grant({"AWS": ROLE})], [grant("*"), {"NotPrincipal": {"AWS": ROLE}, "Effect": "Deny"}],
         "UNKNOWN"),
    ],
)  # fmt: skip
def test_not_principal(
    new: list[dict[str, Any]], existing: list[dict[str, Any]], result: str
) -> None:
    new, existing = (
        [{"Action": "s3:*", **statement} for statement in side] for side in (new, existing)
    )
    assert trust(new, existing).result == result
    assert trust(new, new).result == "PASS"


def test_every_guilty_statement_is_listed_with_its_witness() -> None:
    new = [
        allow("s3:Get*", Sid="Read"),
        allow("s3:Put*", Sid="Write"),
        deny("s3:PutBucketPolicy"),
        allow("iam:PassRole", Sid=""),
    ]
    answer = identity(new, [allow("s3:Get*")])
    assert answer.message == (
        "The modified permissions grant new access compared to your existing policy."
    )
    assert [
        (reason.description, reason.statementIndex, reason.statementId) for reason in answer.reasons
    ] == [
        ("New access in the statement with sid: Write.", 1, "Write"),
        ("New access in the statement with index: 3.", 3, None),
    ]
    assert [reason.witness and reason.witness.action for reason in answer.reasons] == [
        "s3:PutObject",
        "iam:PassRole",
    ]


def test_removing_a_deny_blames_the_statement_it_held_back() -> None:
    answer = identity(
        [allow("ec2:*"), allow("iam:*")], [allow("ec2:*"), allow("iam:*"), deny("iam:CreateUser")]
    )
    (reason,) = answer.reasons
    assert reason.statementIndex == 1
    assert reason.witness
    assert reason.witness.action == "iam:CreateUser"


def test_a_pass_has_no_reasons() -> None:
    answer = identity([allow("s3:GetObject")], [allow("s3:*")])
    assert answer.reasons == ()
    assert answer.message == (
        "The modified permissions do not grant new access compared to your existing policy."
    )


@pytest.mark.parametrize(
    ("statement", "resource"),
    [
        (allow("s3:Get*"), "arn:aws:s3:::example-bucket/example-key"),
        (allow("lambda:*"), "arn:aws:lambda:us-east-1:111122223333:function:example"),
        (allow("sns:Publish", "arn:aws:sns:*:*:*"), "arn:aws:sns:us-east-1:111122223333:example"),
        (allow("iam:PassRole", "arn:aws:iam::*:role/x-*"),
         "arn:aws:iam::111122223333:role/x-example"),
        (allow("foo:Bar"), "arn:aws:foo:us-east-1:111122223333:example"),
        (allow("s3:GetObject", "arn:aws:s3:::logs-*/x"), "arn:aws:s3:::logs-example/x"),
    ],
)  # fmt: skip
def test_witnesses_are_readable(statement: dict[str, Any], resource: str) -> None:
    (reason,) = identity([statement], []).reasons
    assert reason.witness
    assert reason.witness.resource == resource


def test_a_witness_avoids_what_the_examples_cannot() -> None:
    existing = [allow("s3:*", ["arn:aws:s3:::*e*", "arn:aws:s3:::x", "arn:aws:s3:::x*x"])]
    (reason,) = identity([allow("s3:GetObject", "arn:aws:s3:::*x")], existing).reasons
    assert reason.witness
    assert reason.witness.resource.endswith("x")


def test_a_statement_may_be_an_object_and_resource_policies_name_no_resource() -> None:
    text = json.dumps({"Statement": grant("*", "sts:AssumeRole")})
    assert check_no_new_access(text, policy(grant("*", "sts:*")), RESOURCE).result == "PASS"
    assert check_no_new_access(text, policy(grant({"AWS": A}, "sts:*")), RESOURCE).result == "FAIL"


def test_either_document_may_be_no_policy() -> None:
    for new, existing in (("{}", policy()), (policy(), "{}")):
        with pytest.raises(PolicyDocumentError, match="no Statement"):
            check_no_new_access(new, existing, IDENTITY)
