"""no-external-access over templates: the zone of trust, the own account, and deferred values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.command_line import Ran, gate, gate_json
from tests.local_aws import no_aws

A, B = "111122223333", "444455556666"
ORG = "o-a1b2c3d4e5"
GITHUB = "token.actions.githubusercontent.com"
OWN = {"Ref": "AWS::AccountId"}
ANYONE = "*"


pytestmark = pytest.mark.usefixtures("own_folder")


def run(zone: dict[str, Any] | None, *statements: object, **resources: object) -> Ran:
    """The verdict of one trust policy; P and Q are parameters."""
    settings: Any = True if zone is None else {"zone-of-trust": zone}
    Path(".policy-gate.yml").write_text(
        yaml.safe_dump({"checks": {"no-external-access": settings}})
    )
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": document}}
    content = {
        "Parameters": {"P": {"Type": "String"}, "Q": {"Type": "String"}},
        "Resources": {"Role": role, **resources},
    }
    Path("t.json").write_text(json.dumps(content, indent=1))
    return gate_json("run", "t.json")


def result(ran: Ran) -> dict[str, Any]:
    (found,) = ran.report["results"]
    return dict(found)


def trust(principal: object, **condition: object) -> dict[str, object]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return statement | ({"Condition": condition} if condition else {})


def where(key: str, *values: object) -> dict[str, object]:
    return {"StringEquals": {key: list(values)}}


def test_a_role_that_anybody_can_assume_is_found_at_its_principal() -> None:
    ran = run(None, trust({"AWS": A}), trust({"AWS": ANYONE}))
    assert ran.status == 2
    (finding,) = result(ran)["findings"]
    assert (finding["code"], finding["severity"]) == ("EXTERNAL_PRINCIPAL", "SECURITY_WARNING")
    assert finding["statement_index"] == 1
    line = Path("t.json").read_text().splitlines()[finding["locations"][0]["line"] - 1]
    assert '"Principal"' in line
    assert finding["witness"]["principal"] == "*"


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": OWN},
        {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}},
        {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${P}"}},
        {"AWS": {"Fn::GetAtt": ["Other", "Arn"]}},
        {"Service": {"Fn::Sub": "ec2.${AWS::URLSuffix}"}},
        {"Service": {"Ref": "P"}},
        {"CanonicalUser": {"Fn::GetAtt": ["Identity", "S3CanonicalUserId"]}},
        {
            "AWS": {
                "Fn::Sub": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity"
                " ${Identity}"
            }
        },
    ],
)
def test_the_own_account_needs_no_number(principal: object) -> None:
    other = {"Type": "AWS::IAM::User"}
    identity = {
        "Type": "AWS::CloudFront::CloudFrontOriginAccessIdentity",
        "Properties": {"CloudFrontOriginAccessIdentityConfig": {"Comment": "x"}},
    }
    for zone in (None, {"accounts": [B]}):
        ran = run(zone, trust(principal), Other=other, Identity=identity)
        assert result(ran)["verdict"] == "PASS"
        assert ran.status == 0


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (where("aws:SourceAccount", OWN), "PASS"),
        (where("aws:SourceAccount", B), "UNKNOWN"),
        (where("aws:SourceAccount", A, B), "FAIL"),
        ({"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["Bucket", "Arn"]}}}, "PASS"),
        ({"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::somebodys"}}, "FAIL"),
    ],
)
def test_conditions_on_the_source(condition: dict[str, object], expected: str) -> None:
    ran = run(None, trust(ANYONE, **condition), Bucket={"Type": "AWS::S3::Bucket"})
    assert result(ran)["verdict"] == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (trust({"AWS": {"Ref": "P"}}), "UNKNOWN"),
        (trust({"AWS": {"Fn::Sub": "arn:aws:iam::${P}:root"}}), "UNKNOWN"),
        (trust({"AWS": [{"Ref": "P"}, ANYONE]}), "FAIL"),
        (trust({"AWS": [{"Ref": "P"}, B]}), "FAIL"),
        (trust({"AWS": {"Fn::Sub": f"arn:aws:iam::{B}:role/${{P}}"}}), "FAIL"),
        (trust({"Federated": {"Ref": "P"}}), "UNKNOWN"),
        (trust({"AWS": {"Ref": "P"}}, **where("aws:PrincipalOrgID", ORG)), "PASS"),
        (trust(ANYONE, **where("aws:PrincipalOrgID", {"Ref": "P"})), "UNKNOWN"),
        (trust(ANYONE, **where("aws:PrincipalOrgID", ORG, {"Ref": "P"})), "UNKNOWN"),
        (trust(ANYONE, **where("sts:ExternalId", {"Ref": "P"})), "FAIL"),
        (trust({"AWS": B}, **where("sts:ExternalId", {"Ref": "P"})), "FAIL"),
        (trust({"AWS": A}, **where("sts:ExternalId", {"Ref": "P"})), "PASS"),
        (
            trust(
                {"AWS": [A, B]},
                ArnLike={"aws:PrincipalArn": {"Fn::Sub": "arn:aws:iam::${P}:role/x"}},
            ),
            "UNKNOWN",
        ),
    ],
)
def test_it_is_unknown_where_deployment_decides(statement: object, expected: str) -> None:
    ran = run({"accounts": [A], "organizations": [ORG]}, statement)
    found = result(ran)
    assert found["verdict"] == expected
    if expected == "UNKNOWN":
        assert found["message"] == "the verdict hangs on ${P}: give its value"
        assert ran.status == 2


def test_a_finding_does_not_blame_what_only_deployment_decides() -> None:
    ran = run({"accounts": [A]}, trust({"AWS": {"Ref": "P"}}), trust(ANYONE))
    assert [finding["statement_index"] for finding in result(ran)["findings"]] == [1]


def test_a_deny_with_a_deferred_condition_decides() -> None:
    deny = {**trust(ANYONE), "Effect": "Deny"}
    deny["Condition"] = {"StringNotEquals": {"aws:PrincipalOrgID": {"Ref": "Q"}}}
    found = result(run({"organizations": [ORG]}, trust(ANYONE), deny))
    assert (found["verdict"], found["message"]) == (
        "UNKNOWN",
        "the verdict hangs on ${Q}: give its value",
    )


def test_an_account_that_nobody_configured_is_asked_for() -> None:
    ran = run(None, trust({"AWS": f"arn:aws:iam::{B}:root"}))
    assert result(ran)["verdict"] == "UNKNOWN"
    assert f"whether {B} is the account that the policy belongs to" in result(ran)["message"]
    assert result(run({"accounts": [B]}, trust({"AWS": B})))["verdict"] == "PASS"
    assert result(run({"accounts": [A]}, trust({"AWS": B})))["verdict"] == "FAIL"


def test_the_parameter_tells_the_account() -> None:
    for zone in (None, {"accounts": [A]}):
        run(zone, trust({"AWS": [OWN, f"arn:aws:iam::{B}:root"]}))
        ran = gate_json("run", "t.json", "--parameter", f"AWS::AccountId={B}")
        assert result(ran)["verdict"] == "PASS"
        other = gate_json("run", "t.json", "--parameter", "AWS::AccountId=777788889999")
        assert result(other)["verdict"] == "FAIL"


def test_the_users_of_a_repository() -> None:
    provider = {
        "Federated": {"Fn::Sub": f"arn:aws:iam::${{AWS::AccountId}}:oidc-provider/{GITHUB}"}
    }
    zone = {
        "federated-providers": [{"provider": GITHUB, "claims": {"sub": ["repo:acme/*"]}}],
    }
    for subject, expected in (
        ("repo:acme/app:ref:refs/heads/main", "PASS"),
        ("repo:*", "FAIL"),
        ({"Fn::Sub": "repo:${P}/app:*"}, "UNKNOWN"),
    ):
        statement = trust(provider, StringLike={f"{GITHUB}:sub": subject})
        assert result(run(zone, statement))["verdict"] == expected
        assert result(run(None, statement))["verdict"] == "FAIL"


def test_identity_policies_are_not_asked_about() -> None:
    policy = {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"PolicyDocument": {"Version": "2012-10-17", "Statement": []}},
    }
    ran = run(None, trust({"Service": "ec2.amazonaws.com"}), Policy=policy)
    verdicts = sorted((found["check"], found["verdict"]) for found in ran.report["results"])
    assert verdicts == [("", "NOT_CHECKED"), ("no-external-access", "PASS")]


def test_policies_of_networks_are_not_asked_about() -> None:
    endpoint = {
        "Type": "AWS::EC2::VPCEndpoint",
        "Properties": {"PolicyDocument": {"Statement": [trust(ANYONE)]}},
    }
    ran = run(None, trust({"Service": "ec2.amazonaws.com"}), Endpoint=endpoint)
    assert sorted(ran.verdicts().values()) == ["NOT_CHECKED", "PASS"]
    assert any(
        "no question for policies of AWS::EC2::VPCEndpoint" in n for n in ran.report["notes"]
    )


def check(document: object, zone: object = None) -> Ran:
    Path("policy.json").write_text(json.dumps(document))
    Path("zone.yml").write_text(yaml.safe_dump(zone))
    given = ["--zone-of-trust", "zone.yml"] if zone is not None else []
    return gate("check", "no-external-access", "policy.json", *given)


def test_the_check_command() -> None:
    document = {"Statement": [trust({"AWS": B})]}
    assert check(document).status == 2
    assert f"whether {B} is the account" in " ".join(check(document).out.split())
    assert check(document, {"accounts": [B]}).status == 0
    failed = check(document, {"accounts": [A]})
    assert failed.status == 2
    assert f"AWS:arn:aws:iam::{B}:role/example can call sts:AssumeRole" in " ".join(
        failed.out.split()
    )
    wrong = check(document, {"acounts": [A]})
    assert (wrong.status, wrong.out) == (1, "")
    assert "zone.yml:1:1: acounts: unknown key; did you mean 'accounts'?" in wrong.err
    malformed = check({"Statement": [{"Effect": "Allow"}]})
    assert (malformed.status, malformed.out) == (1, "")
    assert "policy.json" in malformed.err


def test_the_report_says_that_aws_was_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    no_aws(monkeypatch, Path.cwd())
    run(None, trust({"Service": "ec2.amazonaws.com"}))
    for analyzer, expected in (("embedded", False), ("aws", True)):
        report = gate_json("run", "t.json", "--analyzer", analyzer).report
        assert [found["verdict"] for found in report["results"]] == ["PASS"]
        assert (
            any("no-external-access is decided offline" in n for n in report["notes"]) is expected
        )
    check({"Statement": []})
    asked = gate("check", "no-external-access", "policy.json", "--analyzer", "aws")
    assert "answers offline" in asked.out


# A zone of trust and what is said of it.
WRONG: list[tuple[str, str]] = [
    ("true", "zone-of-trust: a mapping is expected"),
    ("{acounts: ['111122223333']}", "zone-of-trust.acounts: unknown key; did you mean 'accounts'?"),
    ("{accounts: '111122223333'}", "zone-of-trust.accounts: a list of texts is expected"),
    ("{accounts: [111122223333]}", "zone-of-trust.accounts: a list of texts is expected"),
    ("{accounts: ['1234']}", "'1234' is not an account id of 12 digits"),
    ("{organizations: [acme]}", "'acme' is not an organization id"),
    ("{organization-paths: [r-ab12/ou-1/*]}", "'r-ab12/ou-1/*' is not a path as o-"),
    ("{principals: ['*']}", "'*' is not an ARN"),
    ("{principals: ['arn:aws:iam::*:role/x']}", "is not an ARN"),
    ("{services: [Lambda]}", "'Lambda' is not a service principal as sns.amazonaws.com"),
    ("{federated-providers: accounts.google.com}", "federated-providers: a list is expected"),
    ("{federated-providers: ['arn:aws:iam::1:role/x']}", "is neither the ARN of an identity"),
    ("{federated-providers: [{provider: a.example}]}", "[0]: the key 'claims' is missing"),
    ("{federated-providers: [{provider: a.example, claims: {}}]}", "claims: a mapping from claims"),
    ("{federated-providers: [{provider: a.example, claims: {sub: []}}]}", "claims.sub: at least"),
    (
        "{federated-providers: [{provider: '*.example', claims: {sub: [x]}}]}",
        "[0].provider: claims need the whole name of the provider",
    ),
]


@pytest.mark.parametrize(("zone", "message"), WRONG)
def test_what_is_wrong_with_a_zone_is_named(zone: str, message: str) -> None:
    Path(".policy-gate.yml").write_text(
        f"checks:\n  no-external-access:\n    zone-of-trust: {zone}\n"
    )
    Path("t.json").write_text("{}")
    ran = gate("run", "t.json")
    assert (ran.status, ran.out) == (1, "")
    assert ".policy-gate.yml:3:" in ran.err
    assert message in ran.err


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (where("aws:SourceAccount", {"Ref": "P"}), "UNKNOWN"),
        (where("aws:SourceAccount", A, {"Ref": "P"}), "UNKNOWN"),
        (where("aws:SourceOrgID", {"Ref": "P"}), "UNKNOWN"),
        ({"ArnLike": {"aws:SourceArn": {"Ref": "P"}}}, "UNKNOWN"),
        ({"ArnLike": {"aws:SourceArn": {"Fn::Sub": "arn:aws:sns:*:${P}:alarms"}}}, "UNKNOWN"),
        ({"ArnLike": {"aws:SourceArn": {"Fn::Sub": f"arn:aws:sns:*:{A}:${{P}}"}}}, "PASS"),
        (
            {
                "ArnLike": {"aws:SourceArn": {"Ref": "P"}},
                "StringEquals": {"aws:SourceAccount": OWN},
            },
            "PASS",
        ),
        (where("aws:SourceVpc", {"Ref": "P"}), "PASS"),
    ],
)
def test_a_service_that_acts_for_whom_deployment_names_is_not_proven(
    condition: dict[str, object], expected: str
) -> None:
    service = {"Service": "sns.amazonaws.com"}
    found = result(run({"accounts": [A]}, trust(service, **condition)))
    assert found["verdict"] == expected
    if expected == "UNKNOWN":
        assert "${P}: give its value" in found["message"]
