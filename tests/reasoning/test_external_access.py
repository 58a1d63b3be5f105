"""Who is outside the zone of trust, by hand and against all requests of a small world."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_gate.reasoning.answer import Answer, Witness
from policy_gate.reasoning.evaluator import decide
from policy_gate.reasoning.external_access import check_no_external_access
from policy_gate.reasoning.zone import Provider, ZoneOfTrust
from tests.properties import examples
from tests.reasoning.documents import grant, policy

A, B = "111122223333", "444455556666"
ORG = "o-a1b2c3d4e5"
GITHUB = "token.actions.githubusercontent.com"
ACCOUNT = ZoneOfTrust(accounts=(A,))
ORGANIZATION = ACCOUNT._replace(organizations=(ORG,))
ACME = Provider(GITHUB, (("sub", ("repo:acme/*",)), ("aud", ("sts.amazonaws.com",))))
SNS = {"Service": "sns.amazonaws.com"}
ROLE_OF_GITHUB = {"Federated": f"arn:aws:iam::{A}:oidc-provider/{GITHUB}"}
OAI = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"
CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"


def where(operator: str, key: str, *values: str) -> dict[str, Any]:
    return {"Condition": {operator: {key: list(values)}}}


def deny(principal: Any, key: str = "Principal", **others: Any) -> dict[str, Any]:
    return {"Effect": "Deny", key: principal, "Action": "*", **others}


def ask(zone: ZoneOfTrust, *statements: dict[str, Any]) -> Answer:
    return check_no_external_access(policy(*statements), zone)


@pytest.mark.parametrize(
    ("statements", "result"),
    [
        ([grant("*")], "FAIL"),
        ([grant({"AWS": "*"}, "sts:AssumeRole")], "FAIL"),
        ([grant({"AWS": A})], "PASS"),
        ([grant({"AWS": f"arn:aws:iam::{A}:role/Dev"})], "PASS"),
        ([grant({"AWS": f"arn:aws-cn:sts::{A}:assumed-role/Dev/me"})], "PASS"),
        ([grant({"AWS": B})], "FAIL"),
        ([grant({"AWS": [A, f"arn:aws:iam::{B}:user/me"]})], "FAIL"),
        ([grant({"AWS": B}, **where("StringEquals", "sts:ExternalId", "x"))], "FAIL"),
        ([grant({"AWS": B}), deny("*")], "PASS"),
        ([grant("*"), deny({"AWS": B})], "FAIL"),
        ([grant("*"), deny("*", **where("StringNotEquals", "aws:PrincipalAccount", A))], "PASS"),
        ([grant("*"), deny("*", **where("StringNotEquals", "aws:PrincipalAccount", B))], "FAIL"),
        ([grant("*"), deny({"AWS": f"arn:aws:iam::{A}:role/x"}, "NotPrincipal")], "PASS"),
        ([{"Effect": "Allow", "NotPrincipal": {"AWS": A}, "Action": "*"}], "FAIL"),
        ([grant({"CanonicalUser": CANONICAL})], "FAIL"),
        ([grant({"AWS": OAI})], "FAIL"),
        ([grant({"Federated": "accounts.google.com"})], "FAIL"),
        ([grant(ROLE_OF_GITHUB)], "FAIL"),
        ([grant("*", **where("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{A}:role/*"))], "PASS"),
        ([grant("*", **where("StringLike", "aws:PrincipalArn", "arn:*:role/x"))], "FAIL"),
        ([grant("*", **where("StringEquals", "AWS:SourceOwner", A))], "PASS"),
        ([grant("*", **where("StringEquals", "kms:CallerAccount", A))], "PASS"),
        ([grant("*", **where("StringEqualsIfExists", "aws:SourceAccount", A))], "FAIL"),
        ([grant("*", **where("ArnEquals", "aws:SourceArn", f"arn:aws:sns:*:{A}:t"))], "PASS"),
        ([grant("*", **where("ArnEquals", "aws:SourceArn", "arn:aws:s3:::b"))], "FAIL"),
        ([grant("*", **where("StringEquals", "aws:PrincipalOrgID", ORG))], "FAIL"),
        ([grant("*", **where("StringEquals", "aws:SourceVpce", "vpce-1"))], "FAIL"),
        ([grant("*", **where("StringEquals", "aws:PrincipalTag/a", "b"))], "FAIL"),
        (
            [grant("*", **where("StringEquals", "aws:PrincipalAccount", "${aws:ResourceAccount}"))],
            "PASS",
        ),
    ],
)
def test_the_zone_is_an_account(statements: list[dict[str, Any]], result: str) -> None:
    assert ask(ACCOUNT, *statements).result == result


@pytest.mark.parametrize(
    ("condition", "result"),
    [
        (where("StringEquals", "aws:PrincipalOrgID", ORG), "PASS"),
        (where("StringEquals", "aws:PrincipalOrgID", ORG, "o-zzzzzzzzzz"), "FAIL"),
        (where("StringEqualsIfExists", "aws:PrincipalOrgID", ORG), "FAIL"),
        (where("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", f"{ORG}/r-ab12/*"), "PASS"),
        (where("ForAllValues:StringLike", "aws:PrincipalOrgPaths", f"{ORG}/r-ab12/*"), "FAIL"),
        (where("StringEquals", "aws:SourceOrgID", ORG), "PASS"),
    ],
)
def test_the_zone_is_an_organization(condition: dict[str, Any], result: str) -> None:
    assert ask(ORGANIZATION, grant("*", **condition)).result == result


def test_a_data_perimeter_keeps_all_but_the_organization_and_services_out() -> None:
    perimeter = {
        "StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORG},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }
    statements = grant("*"), deny("*", Condition=perimeter)
    assert ask(ORGANIZATION, *statements).result == "PASS"
    assert ask(ORGANIZATION._replace(services=()), *statements).result == "FAIL"


def test_the_zone_is_a_path_of_an_organization() -> None:
    zone = ACCOUNT._replace(organization_paths=(f"{ORG}/r-ab12/ou-ab12-1/*",))
    for path, result in (("ou-ab12-1/ou-ab12-2/*", "PASS"), ("ou-ab12-3/*", "FAIL")):
        condition = where("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", f"{ORG}/r-ab12/{path}")
        assert ask(zone, grant("*", **condition)).result == result


def test_the_zone_has_principals() -> None:
    role = f"arn:aws:iam::{B}:role/deploy"
    zone = ACCOUNT._replace(principals=(("AWS", role), ("AWS", OAI), ("CanonicalUser", CANONICAL)))
    session = f"arn:aws:sts::{B}:assumed-role/deploy/me"
    for principal in ({"AWS": [role, session, OAI]}, {"CanonicalUser": CANONICAL}):
        assert ask(zone, grant(principal)).result == "PASS"
    assert ask(zone, grant("*", **where("ArnEquals", "aws:PrincipalArn", role))).result == "PASS"
    assert ask(zone, grant({"AWS": f"{role}er"})).result == "FAIL"


@pytest.mark.parametrize(
    ("subject", "result"),
    [("repo:acme/app:*", "PASS"), ("repo:acm*", "FAIL"), ("repo:other/app:*", "FAIL")],
)
def test_the_zone_has_some_users_of_a_provider(subject: str, result: str) -> None:
    zone = ACCOUNT._replace(providers=(ACME,))
    condition = where("StringLike", f"{GITHUB}:sub", subject)
    condition["Condition"]["StringEquals"] = {f"{GITHUB}:aud": "sts.amazonaws.com"}
    assert ask(zone, grant(ROLE_OF_GITHUB, **condition)).result == result
    assert ask(zone, grant(ROLE_OF_GITHUB)).result == "FAIL"
    other_account = {"Federated": f"arn:aws:iam::{B}:oidc-provider/{GITHUB}"}
    assert ask(zone, grant(other_account, **condition)).result == "FAIL"


def test_the_zone_has_all_users_of_a_provider() -> None:
    zone = ACCOUNT._replace(
        providers=(Provider(GITHUB), Provider("arn:aws:iam::*:saml-provider/x"))
    )
    assert ask(zone, grant(ROLE_OF_GITHUB)).result == "PASS"
    assert ask(zone, grant({"Federated": f"arn:aws:iam::{A}:saml-provider/x"})).result == "PASS"
    assert ask(zone, grant({"Federated": f"arn:aws:iam::{A}:saml-provider/y"})).result == "FAIL"


@pytest.mark.parametrize(
    ("statement", "all_services", "no_service"),
    [
        (grant(SNS), "PASS", "FAIL"),
        (grant(SNS, **where("StringEquals", "aws:SourceAccount", A)), "PASS", "PASS"),
        (grant(SNS, **where("StringEquals", "aws:SourceAccount", B)), "FAIL", "FAIL"),
        (grant(SNS, **where("StringEquals", "aws:SourceAccount", A, B)), "FAIL", "FAIL"),
        (grant(SNS, **where("ArnLike", "aws:SourceArn", f"arn:aws:sns:*:{A}:t")), "PASS", "PASS"),
        (grant(SNS, **where("ArnLike", "aws:SourceArn", f"arn:aws:sns:*:{B}:t")), "FAIL", "FAIL"),
        (grant(SNS, **where("ArnLike", "aws:SourceArn", "arn:aws:s3:::bucket")), "PASS", "FAIL"),
        (grant(SNS, **where("StringEquals", "aws:SourceOrgID", ORG)), "FAIL", "FAIL"),
    ],
)
def test_services_act_for_the_zone_unless_the_statement_says_for_whom_else(
    statement: dict[str, Any], all_services: str, no_service: str
) -> None:
    assert ask(ACCOUNT, statement).result == all_services
    assert ask(ACCOUNT._replace(services=()), statement).result == no_service


def test_a_pass_says_that_it_trusts_services() -> None:
    assert any(text.startswith("A7") for text in ask(ACCOUNT, grant(SNS)).assumptions)
    assert not any(text.startswith("A7") for text in ask(ACCOUNT, grant({"AWS": A})).assumptions)


def test_of_an_unknown_account_only_what_is_outside_any_is_a_finding() -> None:
    unknown = ZoneOfTrust()
    assert ask(unknown, grant(SNS)).result == "PASS"
    assert ask(unknown, grant("*")).result == "FAIL"
    one = ask(unknown, grant({"AWS": B}))
    assert one.result == "UNKNOWN"
    assert f"whether {B} is the account" in one.message
    for statements in ([grant({"AWS": [A, B]})], [grant({"AWS": A}), grant({"AWS": B})]):
        assert ask(unknown, *statements).result == "FAIL"
    mixed = ask(unknown, grant({"AWS": A}), grant("*"))
    assert [reason.statementIndex for reason in mixed.reasons] == [1]


def test_wording_and_witness() -> None:
    answer = ask(ACCOUNT, grant({"AWS": A}), grant({"AWS": B}, "s3:GetObject", Sid="Partner"))
    (reason,) = answer.reasons
    assert answer.message == "The policy grants access to principals outside the zone of trust."
    assert (
        reason.description
        == "External access granted in the following statement with sid: Partner."
    )
    assert reason.witness is not None
    assert reason.witness.principal is not None
    assert reason.witness.principal.startswith(f"AWS:arn:aws:iam::{B}:")


# A small world: every principal with all that AWS would tell about it in a request.
OTHER = "o-zzzzzzzzzz"
REQUESTS = [
    Witness(action, "arn:aws:s3:::a", principal, context)
    for action in ("s3:GetObject", "sts:AssumeRole")
    for principal, context in [
        ("*", {}),
        *(
            (
                f"AWS:arn:aws:iam::{account}:role/Dev",
                {
                    "aws:PrincipalAccount": (account,),
                    "aws:PrincipalArn": (f"arn:aws:iam::{account}:role/Dev",),
                    "aws:PrincipalOrgID": (organization,),
                },
            )
            for account, organization in ((A, ORG), (B, ORG), (B, OTHER))
        ),
        ("Service:sns.amazonaws.com", {}),
        *(("Service:sns.amazonaws.com", {"aws:SourceAccount": (account,)}) for account in (A, B)),
        (f"Federated:arn:aws:iam::{A}:oidc-provider/{GITHUB}", {f"{GITHUB}:sub": ("repo:acme/x",)}),
        (f"Federated:arn:aws:iam::{A}:oidc-provider/{GITHUB}", {f"{GITHUB}:sub": ("repo:b/x",)}),
    ]
]
ZONES = [
    ACCOUNT,
    ORGANIZATION,
    ACCOUNT._replace(services=()),
    ACCOUNT._replace(providers=(Provider(GITHUB, (("sub", ("repo:acme/*",)),)),)),
    ACCOUNT._replace(principals=(("AWS", f"arn:aws:iam::{B}:role/Dev"),)),
]
CONDITIONS = [
    {},
    *(
        {operator: {key: value}}
        for operator in ("StringEquals", "StringNotEquals", "StringEqualsIfExists")
        for key, value in [
            ("aws:PrincipalAccount", A),
            ("aws:PrincipalAccount", [A, B]),
            ("aws:PrincipalOrgID", ORG),
            ("aws:PrincipalArn", f"arn:aws:iam::{B}:role/Dev"),
            ("aws:SourceAccount", A),
            ("aws:SourceAccount", B),
            (f"{GITHUB}:sub", "repo:acme/x"),
        ]
    ),
    {"StringLike": {f"{GITHUB}:sub": "repo:*"}},
    {"Null": {"aws:PrincipalOrgID": "true"}},
]
ENTRIES = [
    "*",
    {"AWS": A},
    {"AWS": f"arn:aws:iam::{B}:role/Dev"},
    {"AWS": [A, B]},
    SNS,
    ROLE_OF_GITHUB,
]
statements = st.builds(
    lambda effect, key, principal, action, condition: {
        "Effect": effect,
        "Principal" if effect == "Allow" else key: principal,
        "Action": action,
        **({"Condition": condition} if condition else {}),
    },
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.sampled_from(["Principal", "Principal", "NotPrincipal"]),
    st.sampled_from(ENTRIES),
    st.sampled_from(["*", "s3:*", "sts:AssumeRole"]),
    st.sampled_from(CONDITIONS),
)


def is_trusted(zone: ZoneOfTrust, request: Witness) -> bool:
    """By the principal and what AWS tells about it, without any policy language."""
    principal, context = str(request.principal), dict(request.context)
    if principal.startswith("Service:"):
        return bool(zone.services) or context.get("aws:SourceAccount") == (A,)
    if principal.startswith("Federated:"):
        subject = context.get(f"{GITHUB}:sub", ("",))[0]
        return bool(zone.providers) and subject.startswith("repo:acme/")
    own = f":{A}:" in principal or context.get("aws:PrincipalAccount") == (A,)
    listed = any(principal == f"AWS:{text}" for _, text in zone.principals)
    return own or listed or context.get("aws:PrincipalOrgID", ("",))[0] in zone.organizations


@examples(200)
@given(st.lists(statements, min_size=1, max_size=3), st.sampled_from(ZONES))
def test_nobody_outside_is_allowed_what_passes(
    made: list[dict[str, Any]], zone: ZoneOfTrust
) -> None:
    text = policy(*made)
    answer = check_no_external_access(text, zone)
    allowed = [
        request
        for request in REQUESTS
        if decide(text, request) == "ALLOW" and not is_trusted(zone, request)
    ]
    assert not (answer.result == "PASS" and allowed)
    for reason in answer.reasons if answer.result == "FAIL" else ():
        assert reason.witness is not None
        assert decide(text, reason.witness) == "ALLOW"
        acts_for_others = B in reason.witness.context.get("aws:SourceAccount", ())
        assert acts_for_others or not is_trusted(zone, reason.witness)
