"""The access checks over values that deployment decides, by hand-made expectations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Ran, allow, gate_json

REFERENCE = [{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::known-*"}]
ROLE = "arn:aws:iam::111122223333:role/known"


pytestmark = pytest.mark.usefixtures("own_folder")


def deny(action: object, resource: object = "*", **elements: object) -> dict[str, object]:
    return {**allow(action, resource, **elements), "Effect": "Deny"}


def run(
    *statements: object,
    sensitive: str = "{actions: ['iam:CreateUser']}",
    reference: list[Any] | None = None,
    resource_type: str = "AWS::IAM::ManagedPolicy",
    parameters: dict[str, Any] | None = None,
    **resources: object,
) -> Ran:
    """The verdicts of one policy; every parameter has the type String."""
    text = json.dumps(statements)
    names = [name for name in ("P", "Q") if f'"{name}"' in text or f"${{{name}}}" in text]
    properties = {
        "ManagedPolicyName": "app",
        "Bucket": "b",
        "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)},
    }
    content = {
        "Parameters": {
            name: {"Type": "String", **(parameters or {}).get(name, {})} for name in names
        },
        "Resources": {"Policy": {"Type": resource_type, "Properties": properties}, **resources},
    }
    Path("t.json").write_text(json.dumps(content, indent=1))
    kind = "identity" if resource_type == "AWS::IAM::ManagedPolicy" else "resource"
    checks = f"checks:\n  access-not-granted: {sensitive}\n"
    if reference is not None:
        document = {"Version": "2012-10-17", "Statement": reference}
        Path("reference.json").write_text(json.dumps(document))
        checks = (
            "checks: {no-new-access: [{name: r, reference: reference.json,"
            f" applies-to: [{kind}]}}]}}\n"
        )
    Path(".policy-gate.yml").write_text(checks)
    return gate_json("run", "t.json")


def verdict(ran: Ran) -> str:
    (result,) = ran.report["results"]
    return str(result["verdict"])


def message(ran: Ran) -> str:
    (result,) = ran.report["results"]
    return str(result["message"])


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def sub(text: str) -> dict[str, str]:
    return {"Fn::Sub": text}


def deny_all_but(*actions: object) -> dict[str, object]:
    return {"Effect": "Deny", "NotAction": list(actions), "Resource": "*"}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allow(ref("P"))], "FAIL"),
        ([allow(sub("iam:${P}"))], "FAIL"),
        ([allow(sub("s3:${P}"))], "PASS"),
        ([allow(["s3:GetObject", ref("P")])], "FAIL"),
        ([allow("iam:CreateUser", ref("P"))], "FAIL"),
        ([allow("*"), deny("iam:*")], "PASS"),
        ([allow("*"), deny(ref("P"))], "FAIL"),
        ([allow("*"), deny("iam:*", ref("P"))], "FAIL"),
        ([allow("*"), deny(["iam:*", ref("P")])], "PASS"),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], "PASS"),
        ([{"Effect": "Allow", "NotAction": [ref("P"), "iam:*"], "Resource": "*"}], "PASS"),
        ([{"Effect": "Allow", "NotAction": ref("P"), "Resource": "*"}], "FAIL"),
        ([allow("*"), deny_all_but("s3:*")], "PASS"),
        ([allow("*"), deny_all_but("s3:*", ref("P"))], "FAIL"),
        ([allow("*"), {"Effect": "Deny", "Action": "iam:*", "NotResource": ref("P")}], "FAIL"),
        ([ref("P")], "UNKNOWN"),
        ([{**allow("iam:*"), "Effect": ref("P")}], "UNKNOWN"),
    ],
)
def test_a_value_is_the_widest_in_an_allow_and_absent_in_a_deny(
    statements: list[object], expected: str
) -> None:
    assert verdict(run(*statements)) == expected


def test_a_value_may_complete_a_policy_variable() -> None:
    for text in ("arn:aws:s3:::a/$", "arn:aws:s3:::a/${", "arn:aws:s3:::a/${aws:Principal"):
        resource = {"Fn::Join": ["", [text, ref("P"), "}"]]}
        ran = run(allow("s3:*", resource), sensitive="{resources: ['arn:aws:s3:::a/secret']}")
        assert verdict(ran) == "FAIL"


def test_a_value_may_begin_a_policy_variable() -> None:
    for between, expected in (("}", "FAIL"), ("-b/c}", "FAIL"), ("-b/${aws:username}", "PASS")):
        resource = {"Fn::Join": ["", ["arn:aws:s3:::a/", ref("P"), between]]}
        ran = run(allow("s3:*", resource), sensitive="{resources: ['arn:aws:s3:::a/secret']}")
        assert verdict(ran) == expected


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({}, "UNKNOWN"),
        ({"AllowedPattern": "[^/]+"}, "UNKNOWN"),
        ({"AllowedPattern": "(?=a).*"}, "UNKNOWN"),
        ({"AllowedPattern": "[0-9]{12}"}, "PASS"),
        ({"AllowedPattern": r"^\d+$"}, "PASS"),
        ({"AllowedPattern": r"\d{12}:role/x"}, "FAIL"),
        ({"Type": "Number"}, "PASS"),
        ({"AllowedValues": ["111122223333", "444455556666"]}, "PASS"),
        ({"AllowedValues": ["111122223333", "1:role/admin"]}, "FAIL"),
    ],
)
def test_a_value_may_divide_an_arn(declared: dict[str, Any], expected: str) -> None:
    known = [allow("iam:PassRole", "arn:aws:iam::*:role/x")]
    statement = allow("iam:PassRole", sub("arn:aws:iam::${P}:role/x"))
    ran = run(statement, reference=known, parameters={"P": declared})
    assert verdict(ran) == expected
    if expected == "UNKNOWN":
        assert "hangs on whether ${P} holds a colon" in message(ran)
    own = allow("iam:PassRole", sub("arn:aws:iam::${AWS::AccountId}:role/x"))
    assert verdict(run(own, reference=known)) == "PASS"


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({}, "FAIL"),
        ({"AllowedPattern": "arn:aws:s3:::known-[a-z]+"}, "PASS"),
        ({"AllowedPattern": "^arn:aws:s3:::known-.*$"}, "PASS"),
        ({"AllowedPattern": "arn:aws:s3:::known-[a-z]+", "Default": "none"}, "FAIL"),
        ({"AllowedPattern": "arn:aws:s3:::(known|other)-[a-z]+"}, "FAIL"),
        ({"AllowedPattern": r"arn:aws:s3:::known-\w+(?!x)"}, "FAIL"),
        ({"AllowedPattern": "arn:aws:s3:::known-a|arn:aws:s3:::known-b"}, "PASS"),
        ({"AllowedPattern": r"\*|arn:aws:s3:::known-a/.*"}, "FAIL"),
        ({"AllowedPattern": "arn:aws:s3:::known-.+", "Type": "CommaDelimitedList"}, "PASS"),
        ({"AllowedPattern": "known-.+", "Type": "AWS::SSM::Parameter::Value<String>"}, "FAIL"),
    ],
)
def test_an_allowed_pattern_limits_what_a_value_allows(
    declared: dict[str, Any], expected: str
) -> None:
    ran = run(allow("s3:*", ref("P")), reference=REFERENCE, parameters={"P": declared})
    assert verdict(ran) == expected


def test_a_type_limits_what_a_value_allows() -> None:
    known = [allow("ec2:*", "arn:aws:ec2:*:*:vpc/vpc-*")]
    statement = allow("ec2:*", sub("arn:aws:ec2:*:*:vpc/${P}"))
    for kind, expected in (("AWS::EC2::VPC::Id", "PASS"), ("AWS::EC2::KeyPair::KeyName", "FAIL")):
        ran = run(statement, reference=known, parameters={"P": {"Type": kind}})
        assert verdict(ran) == expected


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [(["GetObject", "PutObject"], "PASS"), (["GetObject", "*"], "PASS"), (["x"] * 60, "PASS")],
)
def test_allowed_values_are_the_only_ones(allowed: list[str], expected: str) -> None:
    parameters = {"P": {"AllowedValues": allowed}}
    assert verdict(run(allow(sub("s3:${P}")), parameters=parameters)) == expected


def test_allowed_values_decide() -> None:
    resource = sub("arn:aws:s3:::${P}-bucket/*")
    for allowed, expected in ((["known-a", "known-b"], "PASS"), (["known-a", "other"], "FAIL")):
        parameters = {"P": {"AllowedValues": allowed}}
        ran = run(allow("s3:*", resource), reference=REFERENCE, parameters=parameters)
        assert verdict(ran) == expected


def test_what_is_created_here_is_nothing_that_a_reference_names() -> None:
    bucket = {"Type": "AWS::S3::Bucket"}
    statement = allow("s3:*", {"Fn::GetAtt": ["Bucket", "Arn"]})
    ran = run(statement, reference=REFERENCE, Bucket=bucket)
    assert verdict(ran) == "FAIL"
    (finding,) = ran.report["results"][0]["findings"]
    assert "${Bucket" in finding["witness"]["resource"]

    everything = [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]
    assert verdict(run(statement, reference=everything, Bucket=bucket)) == "PASS"
    denied = [*everything, deny("s3:*", "arn:aws:s3:::known-*")]
    assert verdict(run(statement, reference=denied, Bucket=bucket)) == "PASS"


def test_an_empty_default_is_the_empty_text() -> None:
    parameters = {"P": {"Default": ""}}
    resource = sub("arn:aws:s3:::known-${P}/*")
    ran = run(allow("s3:*", resource), reference=REFERENCE, parameters=parameters)
    assert verdict(ran) == "PASS"
    assert verdict(run(allow(sub("iam:CreateUser${P}")), parameters=parameters)) == "FAIL"
    assert verdict(run(allow(sub("iam:Create${P}")), parameters=parameters)) == "PASS"


BUCKET_POLICY = "AWS::S3::BucketPolicy"
EVERYONE = [{**allow("s3:Get*"), "Principal": "*"}]
ONE = [{**allow("s3:*"), "Principal": {"AWS": ROLE}}]


def test_which_principal_a_parameter_names_matters_where_the_reference_tells_them_apart() -> None:
    statement = {**allow("s3:GetObject"), "Principal": {"AWS": ref("P")}}
    expected = ((EVERYONE, "PASS"), (ONE, "UNKNOWN"))
    for reference, result in expected:
        ran = run(statement, reference=reference, resource_type=BUCKET_POLICY)
        assert verdict(ran) == result
    assert "${P}" in message(ran)

    wider = {**statement, "Action": "sqs:*"}
    ran = run(wider, reference=ONE, resource_type=BUCKET_POLICY)
    assert verdict(ran) == "FAIL"
    assert "${P}" in ran.report["results"][0]["findings"][0]["witness"]["principal"]

    Path(".policy-gate.yml").write_text(
        Path(".policy-gate.yml").read_text() + f"parameters: {{P: '{ROLE}'}}\n"
    )
    run_again = gate_json("run", "t.json")
    assert verdict(run_again) == "FAIL"


def test_a_principal_with_allowed_values_is_one_of_them() -> None:
    statement = {**allow("s3:GetObject"), "Principal": {"AWS": ref("P")}}
    for allowed, expected in (([ROLE], "PASS"), ([ROLE, "444455556666"], "FAIL")):
        parameters = {"P": {"AllowedValues": allowed}}
        ran = run(statement, reference=ONE, resource_type=BUCKET_POLICY, parameters=parameters)
        assert verdict(ran) == expected


def test_a_deny_that_spares_somebody_does_not_prove_what_an_unnamed_principal_may() -> None:
    granted = {**allow("s3:DeleteBucket"), "Principal": {"AWS": ref("P")}}
    spared = {**deny("s3:*"), "NotPrincipal": {"AWS": ROLE}}
    ran = run(
        granted, spared, sensitive="{actions: ['s3:DeleteBucket']}", resource_type=BUCKET_POLICY
    )
    assert verdict(ran) == "UNKNOWN"
    assert "${P}" in message(ran)


def test_an_unnamed_principal_is_not_the_public_unless_its_allowed_values_say_so() -> None:
    statement = {**allow("s3:GetObject"), "Principal": {"AWS": ref("P")}}
    for parameters, expected in (({}, "PASS"), ({"P": {"AllowedValues": ["*", ROLE]}}, "FAIL")):
        run(statement, resource_type=BUCKET_POLICY, parameters=parameters)
        Path(".policy-gate.yml").write_text("checks: {no-public-access: true}")
        assert verdict(gate_json("run", "t.json")) == expected


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({"AllowedPattern": r"\*|arn:aws:iam::\d{12}:root"}, "FAIL"),
        ({"AllowedPattern": r"\*|[0-9]"}, "FAIL"),
        ({"AllowedPattern": ".*"}, "PASS"),
        ({"AllowedPattern": "[0-9]{12}"}, "PASS"),
        ({"Type": "Number"}, "PASS"),
        ({"NoEcho": True}, "PASS"),
        ({"NoEcho": True, "Default": "*"}, "FAIL"),
        ({"NoEcho": True, "AllowedValues": ["*", ROLE]}, "FAIL"),
        ({"NoEcho": True, "AllowedPattern": r"\*|.*"}, "FAIL"),
    ],
)
def test_a_principal_is_the_public_where_its_declaration_says_so(
    declared: dict[str, Any], expected: str
) -> None:
    statement = {**allow("s3:GetObject"), "Principal": {"AWS": ref("P")}}
    run(statement, resource_type=BUCKET_POLICY, parameters={"P": declared})
    Path(".policy-gate.yml").write_text("checks: {no-public-access: true}")
    assert verdict(gate_json("run", "t.json")) == expected


def test_a_hidden_principal_that_is_given_may_be_the_public() -> None:
    statement = {**allow("s3:GetObject"), "Principal": {"AWS": ref("P")}}
    run(statement, resource_type=BUCKET_POLICY, parameters={"P": {"NoEcho": True}})
    Path(".policy-gate.yml").write_text("checks: {no-public-access: true}")
    for value, expected in (("*", "FAIL"), (ROLE, "PASS")):
        assert verdict(gate_json("run", "t.json", "--parameter", f"P={value}")) == expected


def test_every_partition_that_matters_is_looked_at() -> None:
    statement = allow("s3:*", sub("arn:${AWS::Partition}:s3:::known-a/*"))
    both = [allow("s3:*", ["arn:aws:s3:::known-*", "arn:aws-cn:s3:::known-*"])]
    chinese = [allow("s3:*", "arn:aws-cn:s3:::known-*")]
    one_narrower = [allow("s3:*", "arn:aws:s3:::known-*"), allow("s3:Get*", "arn:aws-cn:s3:::*")]
    for reference, expected in ((REFERENCE, "PASS"), (both, "PASS"), (chinese, "FAIL")):
        assert verdict(run(statement, reference=reference)) == expected
    ran = run(statement, reference=one_narrower)
    assert verdict(ran) == "FAIL"
    (finding,) = ran.report["results"][0]["findings"]
    assert "aws-cn" in finding["message"]
    assert finding["witness"]["resource"].startswith("arn:aws-cn:")

    secret = "{resources: ['arn:aws-cn:s3:::known-a/secret']}"
    assert verdict(run(statement, sensitive=secret)) == "FAIL"


def test_a_condition_on_an_open_value_is_never_taken_for_decided() -> None:
    condition = {"StringEquals": {"aws:PrincipalOrgID": ref("P")}}
    ran = run(allow("iam:CreateUser", Condition=condition))
    assert verdict(ran) == "FAIL"
    (finding,) = ran.report["results"][0]["findings"]
    assert [assumption["expression"] for assumption in finding["assumptions"]] == ["${P}"]
    assert finding["witness"]["context"] == {"aws:PrincipalOrgID": ["${P}"]}
    assert verdict(run(allow("s3:*", Condition=condition))) == "PASS"
    assert verdict(run(allow("*"), deny("iam:*", Condition=condition))) == "FAIL"


def test_an_undecided_answer_names_the_statement_by_its_number_in_the_policy() -> None:
    condition = {"StringMatches": {"aws:PrincipalOrgID": "o-1"}}
    ran = run(deny(ref("P")), allow("s3:*"), allow("iam:*", Condition=condition))
    assert verdict(ran) == "UNKNOWN"
    assert "index: 2:" in message(ran)
    line = ran.report["results"][0]["location"]["line"]
    assert Path("t.json").read_text().splitlines()[line:][1].strip() == '"Action": "iam:*",'


def test_findings_point_at_what_the_witness_is_about() -> None:
    ran = run(allow(["s3:GetObject", "iam:Create*"], ["arn:aws:iam::111122223333:user/*"]))
    lines = Path("t.json").read_text().splitlines()
    (finding,) = ran.report["results"][0]["findings"]
    assert [lines[place["line"] - 1].strip(' ",') for place in finding["locations"]] == [
        "iam:Create*",
        "arn:aws:iam::111122223333:user/*",
        "{",
    ]
    ran = run(
        allow("s3:*", ["arn:aws:s3:::known-a/*", sub("arn:aws:s3:::${P}/*")]), reference=REFERENCE
    )
    lines = Path("t.json").read_text().splitlines()
    (finding,) = ran.report["results"][0]["findings"]
    assert "${P}" in lines[finding["locations"][0]["line"]]
    assert finding["witness"]["resource"].startswith("arn:aws:s3:::")
