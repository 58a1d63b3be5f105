"""Fingerprints and worlds of findings, and what ValidatePolicy says of deferred values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.command_line import Ran, allow, gate_json, template

PASS_ROLE = allow("iam:PassRole")
CREATE_USER = allow("iam:CreateUser", Sid="Users")


pytestmark = pytest.mark.usefixtures("own_folder")


def run(text: str) -> Ran:
    Path("t.yaml").write_text(text)
    return gate_json("run", "t.yaml")


def findings(ran: Ran) -> list[dict[str, Any]]:
    return [finding for result in ran.report["results"] for finding in result["findings"]]


def fingerprints(text: str) -> list[str]:
    return sorted(finding["fingerprint"] for finding in findings(run(text)))


def test_fingerprints_tell_findings_apart_even_those_of_equal_statements() -> None:
    found = fingerprints(template(PASS_ROLE, PASS_ROLE, CREATE_USER, allow("s3:*"), PASS_ROLE))
    # Besides the four of the actions, one says that statements are equal.
    assert len(found) == len(set(found)) == 5
    access = template(CREATE_USER, allow("iam:CreateUser"), allow("iam:CreateUser"))
    ran = run(access)
    assert len({finding["fingerprint"] for finding in findings(ran)}) == len(findings(ran))
    codes = [finding["code"] for finding in findings(ran)]
    assert codes.count("CHECK_ACCESS_NOT_GRANTED") == 3


def test_fingerprints_survive_whatever_moves_a_finding() -> None:
    before = template(PASS_ROLE, CREATE_USER, PASS_ROLE)
    content = json.loads(before)
    expected = fingerprints(before)

    assert fingerprints("\n\n" + before) == expected
    assert fingerprints(json.dumps(content)) == expected
    assert fingerprints(yaml.safe_dump(content)) == expected
    assert fingerprints(template(CREATE_USER, PASS_ROLE, PASS_ROLE, allow("s3:Get*"))) == expected
    renamed = before.replace('"app"', '"other"')
    assert not set(fingerprints(renamed)) & set(expected)


STATEMENTS = """
Resources:
  Policy:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: app
      Roles: [someone]
      PolicyDocument:
        Version: "2012-10-17"
        Statement: %s
"""


def iam(resource: str, action: str = "'iam:*'") -> str:
    return f"{{Effect: Allow, Action: {action}, Resource: {resource}}}"


USERS = "'iam:CreateUser', 'iam:PassRole'"
REVERSED = "'iam:PassRole', 'iam:CreateUser'"
CONDITION = "{{Effect: Allow, Action: 'iam:*', Resource: '*', Condition: {{Bool: {{'a:b': {}}}}}}}"
SELECTED = """
        - Effect: Allow
          Action: "iam:*"
          Resource:
            Fn::Select:
              - "0"
              - !Split
                - /
                - !ImportValue "x"
"""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (iam("'*'"), "[{Resource: ['*'], Action: ['iam:*'], Effect: Allow}]"),
        (iam("'*'", f"[{USERS}]"), iam("'*'", f"[{REVERSED}]")),
        (CONDITION.format("true"), CONDITION.format("['true']")),
        (
            iam("!Sub 'arn:aws:iam::${AWS::AccountId}:user/x'"),
            iam("!Join ['', ['arn:aws:iam::', !Ref 'AWS::AccountId', ':user/x']]"),
        ),
        (iam("!Select [0, !Split ['/', !ImportValue x]]"), SELECTED),
    ],
)
def test_fingerprints_survive_another_way_to_write_the_same(one: str, other: str) -> None:
    expected = fingerprints(STATEMENTS % one)
    assert expected
    assert fingerprints(STATEMENTS % other) == expected


ADMINISTRATOR = allow("iam:*")
NO_USERS = {"Effect": "Deny", "Action": "iam:CreateUser", "Resource": "*"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([allow("iam:CreateUser")], [allow("iam:*")]),
        ([allow("iam:CreateUser", "arn:aws:iam::111122223333:user/a")], [allow("iam:CreateUser")]),
        ([ADMINISTRATOR, NO_USERS], [ADMINISTRATOR]),
        ([allow("iam:CreateUser", {"Ref": "P"})], [allow("iam:CreateUser")]),
    ],
)
def test_what_allows_more_is_another_finding(before: list[object], after: list[object]) -> None:
    def found(statements: list[object]) -> set[str]:
        ran = run(template(*statements, parameters={"P": {"Type": "String"}}))
        return {
            finding["fingerprint"]
            for finding in findings(ran)
            if finding["code"] == "CHECK_ACCESS_NOT_GRANTED"
        }

    assert not found(before) & found(after)
    assert found(before)
    assert found(after)


def test_a_warning_is_about_the_whole_statement() -> None:
    warned = allow("iam:PassRole", Condition={"StringEquals": {"aws:PrincipalTag/a": "x"}})
    found = [set(fingerprints(template(statement))) for statement in (PASS_ROLE, warned)]
    assert all(found)
    assert found[0].isdisjoint(found[1])


def test_a_fingerprint_is_the_same_wherever_in_the_repository_the_run_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path(".git").mkdir()
    Path("infra").mkdir()
    Path("infra/t.yaml").write_text(template(PASS_ROLE))
    expected = findings(gate_json("run", "infra"))[0]["fingerprint"]
    monkeypatch.chdir("infra")
    assert findings(gate_json("run", "t.yaml"))[0]["fingerprint"] == expected
    assert findings(gate_json("run", "../infra/t.yaml"))[0]["fingerprint"] == expected


def test_equal_findings_of_two_files_are_two() -> None:
    for name in ("a.yaml", "b.yaml"):
        Path(name).write_text(template(PASS_ROLE))
    found = [item["fingerprint"] for item in findings(gate_json("run", "a.yaml", "b.yaml"))]
    assert len(set(found)) == len(found) == 2
    assert len({text[:16] for text in found}) == 1


def test_a_fingerprint_does_not_depend_on_the_default_of_a_parameter() -> None:
    statement = allow("iam:CreateUser", {"Fn::Sub": "arn:aws:iam::111122223333:user/${P}"})
    open_ended = template(statement, parameters={"P": {"Type": "String"}})
    assert len(fingerprints(open_ended)) == 1


WORLDS = """
Parameters: {Env: {Type: String, Default: dev, AllowedValues: [dev, test, prod]}}
Conditions:
  IsDev: !Equals [!Ref Env, dev]
  IsProd: !Equals [!Ref Env, prod]
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: app
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Action: "iam:CreateUser", Resource: "*"}
          - !If [IsDev, !Ref "AWS::NoValue", {Effect: Allow, Action: "iam:CreateAccessKey", Resource: "*"}]
          - !If [IsProd, {Effect: Allow, Action: "iam:PutUserPolicy", Resource: "*"}, !Ref "AWS::NoValue"]
"""  # noqa: E501 - lines of YAML


def test_a_finding_of_some_worlds_says_of_which() -> None:
    found = findings(run(WORLDS))
    access = [finding for finding in found if finding["code"] == "CHECK_ACCESS_NOT_GRANTED"]
    assert [(finding["locations"][0]["line"], finding["world"]) for finding in access] == [
        (14, ""),
        (15, "Env = prod or Env other than dev, prod"),
        (16, "Env = prod"),
    ]


def codes(ran: Ran) -> list[str]:
    return [finding["code"] for finding in findings(ran)]


def test_what_a_deferred_value_does_not_exclude_is_warned_of() -> None:
    statement = {"Effect": "Allow", "NotAction": {"Ref": "P"}, "NotResource": "arn:aws:s3:::b/*"}
    ran = run(template(statement, parameters={"P": {"Type": "String"}}))
    assert "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE" in codes(ran)


@pytest.mark.parametrize(
    "statement",
    [
        allow({"Ref": "P"}),
        allow("s3:*", {"Ref": "P"}),
        allow("s3:*", {"Fn::Sub": "arn:${P}:s3:::b"}),
        allow("s3:*", "*", Condition={"Bool": {"aws:SecureTransport": {"Ref": "P"}}}),
        allow("s3:*", "*", Condition={"IpAddress": {"aws:SourceIp": {"Ref": "P"}}}),
    ],
)
def test_the_form_of_what_deployment_supplies_is_not_judged(statement: object) -> None:
    ran = run(template(statement, parameters={"P": {"Type": "String"}}))
    assert ran.verdicts()["app", "validate-policy"] == "PASS"
    assert [code for code in codes(ran) if code != "CHECK_ACCESS_NOT_GRANTED"] == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (allow({"Fn::Sub": "s3:Got${P}"}), "INVALID_ACTION"),
        (allow({"Fn::Sub": "s3:Get${P}"}), None),
        (
            allow("s3:*", {"Fn::Sub": "arn:aws:iam:eu-west-1:${AWS::AccountId}:role/${P}"}),
            "ARN_REGION_NOT_ALLOWED",
        ),
        (allow("s3:*", {"Fn::Sub": "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:${P}"}), None),
        (allow("s3:*", Sid={"Fn::Sub": "For${AWS::StackName}"}), None),
        (allow("s3:*", Condition={"IpAddress": {"aws:SourceIp": {"Fn::Sub": "${P}/32"}}}), None),
    ],
)
def test_what_is_wrong_whatever_deployment_supplies_is_reported(
    statement: object, expected: str | None
) -> None:
    ran = run(template(statement, parameters={"P": {"Type": "String"}}))
    found = [code for code in codes(ran) if code != "CHECK_ACCESS_NOT_GRANTED"]
    assert found == [expected] * (expected is not None)


def test_a_policy_given_at_deployment_is_unknown() -> None:
    content = json.loads(template())
    content["Parameters"] = {"P": {"Type": "String"}}
    content["Resources"]["Policy"]["Properties"]["PolicyDocument"] = {"Ref": "P"}
    ran = run(json.dumps(content))
    assert ran.status == 2
    assert set(ran.verdicts().values()) == {"UNKNOWN"}
    assert all("${P}" in result["message"] for result in ran.report["results"])


def test_a_finding_names_the_values_that_it_depends_on() -> None:
    parameters = {
        "P": {"Type": "String"},
        "Q": {"Type": "String", "Default": "iam:CreateUser"},
        "R": {"Type": "String", "Default": "elsewhere"},
    }
    text = template(
        allow({"Ref": "Q"}, {"Fn::Sub": "arn:aws:iam::111122223333:user/${P}"}),
        allow("s3:Get*", {"Fn::Sub": "arn:aws:s3:::${R}"}),
        parameters=parameters,
    )
    (finding,) = findings(run(text))
    named = {item["expression"]: item["kind"] for item in finding["assumptions"]}
    assert named == {"${P}": "supplied-from-outside", "${Q}": "default"}


@pytest.mark.parametrize("provider", ["!Ref Hub", "!GetAtt Hub.Arn"])
@pytest.mark.parametrize("scheme", ["https://", ""])
def test_an_identity_provider_of_the_template_is_known_by_its_url(
    provider: str, scheme: str
) -> None:
    host = "token.actions.githubusercontent.com"
    ran = run(f"""
Resources:
  Hub: {{Type: AWS::IAM::OIDCProvider, Properties: {{Url: "{scheme}{host}"}}}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          Effect: Allow
          Principal: {{Federated: {provider}}}
          Action: sts:AssumeRoleWithWebIdentity
          Condition: {{StringEquals: {{"{host}:aud": sts.amazonaws.com}}}}
""")
    assert "MISSING_GITHUB_REPO_CONDITION_KEY" in codes(ran)


GITHUB = "token.actions.githubusercontent.com"


def role_of_github_actions(provider: str, *conditions: str) -> str:
    tests = ", ".join(f'"{GITHUB}:{condition}' for condition in conditions)
    return f"""
Parameters: {{Provider: {{Type: String}}}}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          Effect: Allow
          Principal: {{Federated: {provider}}}
          Action: sts:AssumeRoleWithWebIdentity
          Condition: {{StringEquals: {{{tests}}}}}
"""


GIVEN_AT_DEPLOYMENT = [
    "!Ref Provider",
    "[!Ref Provider]",
    "!ImportValue github",
    '!Sub "arn:aws:iam::${AWS::AccountId}:oidc-provider/${Provider}"',
]


@pytest.mark.parametrize("provider", GIVEN_AT_DEPLOYMENT)
def test_condition_keys_tell_the_identity_provider_that_deployment_names(provider: str) -> None:
    ran = run(role_of_github_actions(provider, 'aud": sts.amazonaws.com'))
    assert codes(ran) == ["MISSING_GITHUB_REPO_CONDITION_KEY"]


@pytest.mark.parametrize("provider", GIVEN_AT_DEPLOYMENT)
def test_a_repository_that_is_bound_is_enough_whatever_names_the_provider(provider: str) -> None:
    subject = 'sub": "repo:acme/shop:ref:refs/heads/main"'
    ran = run(role_of_github_actions(provider, 'aud": sts.amazonaws.com', subject))
    assert (ran.status, codes(ran)) == (0, [])
