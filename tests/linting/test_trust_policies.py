"""Who may assume a role: identity providers, their claims, and the actions that go with them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policy_gate.linting.validate import validate_policy
from policy_gate.model import PolicyKind
from tests.linting.shape import spanned
from tests.linting.test_rules import codes

TRUST = "AWS::IAM::AssumeRolePolicyDocument"
GITHUB = "token.actions.githubusercontent.com"
GITHUB_ARN = f"arn:aws:iam::111122223333:oidc-provider/{GITHUB}"
SAML_ARN = "arn:aws:iam::111122223333:saml-provider/corp"
ROLE_ARN = "arn:aws:iam::111122223333:role/ci"
MAIN = "repo:acme/shop:ref:refs/heads/main"


def trust(*statements: dict[str, Any]) -> str:
    """A trust policy of these statements, which let a role assume another by default."""
    base = {"Effect": "Allow", "Principal": {"AWS": ROLE_ARN}, "Action": "sts:AssumeRole"}
    given = [
        {name: value for name, value in (base | statement).items() if value != "absent"}
        for statement in statements
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": given})


def trust_codes(*statements: dict[str, Any]) -> list[str]:
    return codes(trust(*statements), PolicyKind.TRUST)


def web_identity(provider: object, condition: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition or "absent",
    }


def places(text: str, resource_type: str | None = TRUST) -> dict[str, list[object]]:
    """What each finding points to, by its code."""
    return {
        finding["issueCode"]: [json.loads(spanned(text, at)) for at in finding["locations"]]
        for finding in validate_policy(text, "RESOURCE_POLICY", resource_type)
    }


@pytest.mark.parametrize(
    ("provider", "valid"),
    [
        (SAML_ARN, True),
        ("arn:aws-us-gov:iam::111122223333:oidc-provider/oidc.example.com/id/1F", True),
        ("cognito-identity.amazonaws.com", True),
        ("oidc.example.com/id/1F", True),
        (["graph.facebook.com", "www.amazon.com"], True),
        ("${aws:PrincipalTag/provider}", True),
        ("corp saml provider", False),
        ("corp", False),
        ("", False),
        ("https://accounts.google.com", False),
        (ROLE_ARN, False),
        ("arn:aws:iam::111122223333:saml-provider/", False),
        ("arn:aws:iam::111122223333:oidc-provider", False),
    ],
    ids=str,
)
def test_an_identity_provider_is_a_domain_or_an_arn(provider: object, valid: bool) -> None:
    found = trust_codes({"Principal": {"Federated": provider}, "Action": "sts:TagSession"})
    assert ("INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY" not in found) == valid


@pytest.mark.parametrize(
    ("principal", "actions", "matches"),
    [
        ({"AWS": ROLE_ARN}, "sts:AssumeRole", True),
        ({"Service": "ec2.amazonaws.com"}, "sts:AssumeRole", True),
        ({"Federated": SAML_ARN}, ["sts:AssumeRoleWithSAML", "sts:TagSession"], True),
        ({"Federated": SAML_ARN}, "sts:AssumeRole", False),
        ({"Federated": SAML_ARN}, "STS:assumerolewithwebidentity", False),
        ({"Federated": GITHUB_ARN}, "sts:AssumeRoleWithSAML", False),
        ({"Federated": "graph.facebook.com"}, "sts:AssumeRole", False),
        ({"Federated": [SAML_ARN, "graph.facebook.com"]}, "sts:AssumeRoleWithSAML", False),
        ({"AWS": ROLE_ARN}, "sts:AssumeRoleWithWebIdentity", False),
        ({"AWS": ROLE_ARN}, "sts:AssumeRoleWithSAML", False),
        ({"Service": "ec2.amazonaws.com"}, "sts:AssumeRoleWithWebIdentity", False),
        # Each principal has its action, and each action its principal.
        (
            {"AWS": ROLE_ARN, "Federated": SAML_ARN},
            ["sts:AssumeRole", "sts:AssumeRoleWithSAML"],
            True,
        ),
        ({"AWS": ROLE_ARN, "Federated": SAML_ARN}, "sts:AssumeRole", False),
        ({"AWS": ROLE_ARN, "Federated": SAML_ARN}, ["sts:AssumeRole", "sts:*"], True),
        ({"AWS": ROLE_ARN}, ["sts:AssumeRole", "sts:AssumeRoleWithSAML"], False),
        # Wildcards, everyone and names that only a request completes fit anything.
        ({"Federated": SAML_ARN}, "sts:*", True),
        ({"Federated": SAML_ARN}, "*", True),
        ({"AWS": "*"}, "*", True),
        ({"AWS": "*"}, "sts:AssumeRoleWithWebIdentity", True),
        ({"AWS": "${aws:PrincipalTag/x}"}, "sts:AssumeRoleWithSAML", True),
        ({"Federated": "${aws:PrincipalTag/x}"}, "sts:AssumeRole", True),
        ({}, "sts:AssumeRole", True),
    ],
    ids=str,
)
def test_the_action_matches_the_kind_of_principal(
    principal: dict[str, Any], actions: object, matches: bool
) -> None:
    found = trust_codes({"Principal": principal, "Action": actions})
    assert ("MISMATCHED_ACTION_FOR_PRINCIPAL" not in found) == matches


def test_a_mismatch_is_also_found_without_a_resource_type_as_recorded() -> None:
    text = trust(
        {
            "Sid": "",
            "Principal": {"Federated": "cognito-identity.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1_X"}},
        }
    )
    found = places(text, None)
    assert found["EMPTY_SID_VALUE"] == [""]
    assert found["MISMATCHED_ACTION_FOR_PRINCIPAL"] == [
        "sts:AssumeRole",
        "cognito-identity.amazonaws.com",
    ]
    assert found["UNSUPPORTED_ACTION_FOR_CONDITION_KEY"] == ["sts:TagSession", "eu-west-1_X"]


def test_a_mismatch_points_to_the_principals_that_do_not_match() -> None:
    text = trust(
        {
            "Principal": {"AWS": ROLE_ARN, "Federated": [SAML_ARN, "graph.facebook.com"]},
            "Action": ["sts:TagSession", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithSAML"],
        }
    )
    found = places(text)["MISMATCHED_ACTION_FOR_PRINCIPAL"]
    assert found == ["sts:AssumeRoleWithSAML", ROLE_ARN, "graph.facebook.com"]


@pytest.mark.parametrize(
    ("provider", "condition", "missing"),
    [
        ("accounts.google.com", None, True),
        ("accounts.google.com", {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, True),
        ("accounts.google.com", {"StringEquals": {"graph.facebook.com:app_id": "1"}}, True),
        ("accounts.google.com", {"StringEquals": {"Accounts.Google.com:AUD": "1"}}, False),
        ("accounts.google.com", {"Null": {"accounts.google.com:sub": "false"}}, False),
        (
            "arn:aws:iam::111122223333:oidc-provider/oidc.example.com/id/1F",
            {"StringEquals": {"oidc.example.com/id/1F:sub": "system:serviceaccount:a:b"}},
            False,
        ),
        (
            "arn:aws:iam::111122223333:oidc-provider/oidc.example.com/id/1F",
            {"StringEquals": {"oidc.example.com:sub": "system:serviceaccount:a:b"}},
            True,
        ),
        ("${aws:PrincipalTag/provider}", None, False),
        (SAML_ARN, None, False),
    ],
    ids=str,
)
def test_trust_in_an_oidc_provider_needs_a_test_of_its_keys(
    provider: str, condition: dict[str, Any] | None, missing: bool
) -> None:
    found = trust_codes(web_identity(provider, condition))
    assert ("MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL" in found) == missing


@pytest.mark.parametrize(
    "elements",
    [
        {"Effect": "Deny"},
        {"Action": "sts:TagSession"},
        {"Action": "absent", "NotAction": "sts:AssumeRole*"},
    ],
    ids=str,
)
def test_what_lets_nobody_in_needs_no_condition(elements: dict[str, Any]) -> None:
    for provider in ("accounts.google.com", GITHUB_ARN):
        assert trust_codes({**web_identity(provider), **elements}) == []


def test_any_wildcard_that_covers_web_identity_trusts_the_provider() -> None:
    for action in ("*", "sts:*", "sts:AssumeRoleWith*"):
        found = trust_codes({**web_identity("accounts.google.com"), "Action": action})
        assert found == ["MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL"]


def test_github_without_any_test_has_both_findings() -> None:
    assert sorted(trust_codes(web_identity(GITHUB_ARN))) == [
        "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL",
        "MISSING_GITHUB_REPO_CONDITION_KEY",
    ]


@pytest.mark.parametrize(
    ("condition", "open_ended"),
    [
        ({"StringEquals": {f"{GITHUB}:sub": MAIN}}, False),
        ({"StringLike": {f"{GITHUB}:SUB": MAIN}}, False),
        ({"StringEquals": {f"{GITHUB}:sub": "repo:acme/shop:ref:refs/tags/v1"}}, False),
        ({"StringLike": {f"{GITHUB}:sub": "repo:acme/*"}}, True),
        ({"StringLike": {f"{GITHUB}:sub": "repo:acme/shop:ref:refs/heads/*"}}, True),
        ({"ForAnyValue:StringLike": {f"{GITHUB}:sub": [MAIN, "repo:acme/sho?:*"]}}, True),
        # Without a pattern, and yet any branch.
        ({"StringEquals": {f"{GITHUB}:sub": "repo:acme/shop:environment:live"}}, True),
        ({"StringEquals": {f"{GITHUB}:sub": "repo:acme/shop:pull_request"}}, True),
        (
            {
                "StringEquals": {
                    f"{GITHUB}:sub": "repo:acme/shop:environment:live",
                    f"{GITHUB}:ref": "refs/heads/main",
                }
            },
            False,
        ),
        (
            {
                "StringEquals": {f"{GITHUB}:sub": "repo:acme/shop:environment:live"},
                "StringLike": {f"{GITHUB}:ref": ["refs/heads/main", "refs/pull/*"]},
            },
            True,
        ),
        (
            {
                "StringEquals": {f"{GITHUB}:sub": "repo:acme/shop:environment:live"},
                "StringNotEquals": {f"{GITHUB}:ref": "refs/heads/main"},
            },
            True,
        ),
        ({"StringEquals": {f"{GITHUB}:sub": "${aws:PrincipalTag/sub}"}}, False),
        ({"StringNotLike": {f"{GITHUB}:sub": "repo:acme/*"}}, False),
        ({"Null": {f"{GITHUB}:sub": "false"}}, False),
    ],
    ids=json.dumps,
)
def test_a_subject_of_github_names_repository_and_branch(
    condition: dict[str, Any], open_ended: bool
) -> None:
    found = trust_codes(web_identity(GITHUB_ARN, condition))
    assert ("SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED" in found) == open_ended
    assert "MISSING_GITHUB_REPO_CONDITION_KEY" not in found


def test_each_open_subject_is_one_finding_however_often_the_provider_is_named() -> None:
    condition = {"StringLike": {f"{GITHUB}:sub": [MAIN, "repo:acme/*", "repo:shop/*"]}}
    found = trust_codes(web_identity([GITHUB_ARN, GITHUB_ARN], condition))
    assert found == ["SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED"] * 2


def test_the_rules_about_github_are_not_about_other_providers() -> None:
    condition = {"StringLike": {"oidc.example.com:sub": "repo:acme/*"}}
    assert trust_codes(web_identity("oidc.example.com", condition)) == []


@pytest.mark.parametrize(
    ("operator", "key", "expected"),
    [
        ("StringEquals", "oidc.example.com:aud", None),
        ("ForAnyValue:StringLike", "oidc.example.com:AUD", "FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE"),
        ("foranyvalue:stringequals", "oidc.example.com/id/1F:aud",
         "FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE"),
        ("ForAllValues:StringEqualsIfExists", "oidc.example.com:aud",
         "CONFIRM_AUDIENCE_CLAIM_TYPE"),
        ("ForAllValues:StringEquals", "oidc.example.com:amr", None),
        ("ForAnyValue:StringEquals", "saml:aud", None),
        ("ForAnyValue:Null", "oidc.example.com:aud", None),
        ("ForAnyValue:Nonsense", "oidc.example.com:aud", None),
        ("ForAnyValue:StringEquals", ":aud", None),
    ],
)  # fmt: skip
def test_an_audience_takes_no_qualifier(operator: str, key: str, expected: str | None) -> None:
    found = trust_codes({"Condition": {operator: {key: "app"}}})
    assert [code for code in found if "AUDIENCE" in code] == [expected] * bool(expected)


@pytest.mark.parametrize(
    ("actions", "complete"),
    [
        ([["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]], True),
        ([["sts:AssumeRole", "STS:setsourceidentity"], ["sts:TagSession"]], True),
        (["sts:*"], True),
        (["*"], True),
        (["sts:AssumeRole"], False),
        ([["sts:AssumeRole", "sts:TagSession"], "sts:AssumeRole"], False),
    ],
    ids=str,
)
def test_roles_anywhere_needs_three_actions(actions: list[Any], complete: bool) -> None:
    service = {"Service": ["rolesanywhere.amazonaws.com", "ec2.amazonaws.com"]}
    found = trust_codes(*({"Principal": service, "Action": each} for each in actions))
    missing = found.count("MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY")
    assert missing == (0 if complete else 1)


def test_a_deny_does_not_let_roles_anywhere_assume_a_role() -> None:
    service = {"Service": "rolesanywhere.amazonaws.com"}
    assert trust_codes({"Effect": "Deny", "Principal": service}) == []
    trusted = {"Principal": service, "Action": "sts:*"}
    assert trust_codes(trusted, {"Effect": "Deny", "Principal": service}) == []


def test_missing_actions_of_roles_anywhere_point_to_action_and_principal() -> None:
    text = trust({"Principal": {"Service": ["rolesanywhere.amazonaws.com"]}})
    found = places(text)["MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY"]
    assert found == ["sts:AssumeRole", "rolesanywhere.amazonaws.com"]


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"Condition": {"StringEquals": {"STS:sourceidentity": "ann"}}}, True),
        ({"Condition": {"StringLike": {"aws:RequestTag/team": "red"}}}, True),
        ({"Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": "team"}}}, True),
        ({"Condition": {"ForAllValues:StringEquals": {"sts:TransitiveTagKeys": "team"}}}, True),
        ({"Condition": {"Null": {"sts:SourceIdentity": "false"}}}, True),
        ({"Condition": {"Null": {"sts:SourceIdentity": True}}}, False),
        ({"Condition": {"StringEquals": {"sts:ExternalId": "x"}}}, False),
        ({"Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}}, False),
        (
            {
                "Action": ["sts:AssumeRole", "sts:Tag*"],
                "Condition": {"StringEquals": {"aws:RequestTag/team": "red"}},
            },
            False,
        ),
        (
            {
                "Action": ["sts:AssumeRole", "sts:TagSession"],
                "Condition": {"StringEquals": {"sts:SourceIdentity": "ann"}},
            },
            True,
        ),
        (
            {"Effect": "Deny", "Condition": {"StringNotEquals": {"sts:SourceIdentity": "ann"}}},
            False,
        ),
        (
            {
                "Action": "absent",
                "NotAction": "sts:TagSession",
                "Condition": {"StringEquals": {"aws:RequestTag/team": "red"}},
            },
            False,
        ),
    ],
    ids=json.dumps,
)
def test_what_is_tested_can_be_set(elements: dict[str, Any], expected: bool) -> None:
    assert ("MISSING_ACTION_FOR_CONDITION_KEY" in trust_codes(elements)) == expected


def test_a_missing_action_points_to_action_and_key() -> None:
    text = trust({"Condition": {"StringEquals": {"sts:SourceIdentity": "ann"}}})
    found = places(text)["MISSING_ACTION_FOR_CONDITION_KEY"]
    assert found == ["sts:AssumeRole", "sts:SourceIdentity"]


@pytest.mark.parametrize(
    ("session", "redundant"),
    [
        ("arn:aws:sts::111122223333:assumed-role/ci/one", True),
        ("arn:aws:iam::111122223333:assumed-role/ci/one", True),
        ("arn:aws:sts::111122223333:assumed-role/cd/one", False),
        ("arn:aws:sts::444455556666:assumed-role/ci/one", False),
        ("arn:aws-cn:sts::111122223333:assumed-role/ci/one", False),
        ("arn:aws:sts::111122223333:assumed-role/*/one", False),
        ("arn:aws:sts::111122223333:federated-user/ci", False),
        ("arn:aws:sts::111122223333:assumed-role", False),
    ],
)
def test_a_session_beside_its_role_is_redundant(session: str, redundant: bool) -> None:
    for role in (ROLE_ARN, "arn:aws:iam::111122223333:role/path/to/ci"):
        text = trust({"Principal": {"AWS": [session, role]}})
        expected = {"REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY": [session]} if redundant else {}
        found = places(text)
        found.pop("UNSUPPORTED_WILDCARD_IN_PRINCIPAL", None)
        assert found == expected


def test_a_session_in_another_statement_is_not_redundant() -> None:
    session = {"Principal": {"AWS": "arn:aws:sts::111122223333:assumed-role/ci/one"}}
    assert trust_codes({}, session) == []


@pytest.mark.parametrize(
    ("key", "actions", "strange"),
    [
        ("accounts.google.com:aud", ["sts:AssumeRoleWithWebIdentity"], []),
        ("accounts.google.com:aud", ["sts:AssumeRole"], []),
        ("accounts.google.com:aud", ["sts:TagSession", "sts:SetSourceIdentity", "sts:TagSession"],
         ["sts:TagSession", "sts:SetSourceIdentity"]),
        ("SAML:sub", ["STS:tagsession"], ["STS:tagsession"]),
        ("saml:aud", ["sts:TagSession"], []),
        ("accounts.google.com:aud", ["sts:Tag*", "sts:*", "*"], []),
        ("accounts.google.com:aud", ["s3:GetObject", "sts:NoSuchAction"], []),
        # What the catalog does not know is not judged.
        (f"{GITHUB}:sub", ["sts:TagSession"], []),
        ("sts:ExternalId", ["sts:TagSession"], []),
    ],
)  # fmt: skip
def test_claims_are_in_requests_for_some_actions_only(
    key: str, actions: list[str], strange: list[str]
) -> None:
    document = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow", "Action": actions, "Resource": "*",
            "Condition": {"StringEquals": {key: ["x"]}},
        },
    }  # fmt: skip
    text = json.dumps(document)
    for policy_type in ("IDENTITY_POLICY", "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
        found = [
            [json.loads(spanned(text, at)) for at in finding["locations"]]
            for finding in validate_policy(text, policy_type)
            if finding["issueCode"] == "UNSUPPORTED_ACTION_FOR_CONDITION_KEY"
        ]
        assert found == ([[*strange, ["x"]]] if strange else [])
