"""`policy-gate check`: its flags and its JSON are a contract that scripts rely on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Ran, allow, gate

STATEMENT = {
    "Sid": "All",
    "Effect": "Allow",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "arn:aws:s3:::bucket/*",
}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    policy("identity.json", allow("s3:GetObject", "arn:aws:s3:::bucket/*"))
    policy("wide.json", allow("s3:GetObject"), allow("iam:*"))
    policy("resource.json", STATEMENT)
    policy("narrow.json", {**STATEMENT, "Principal": {"AWS": "111122223333"}})
    condition = {"StringMatches": {"aws:PrincipalOrgID": "o-a1b2c3"}}
    policy("conditional.json", {**STATEMENT, "Condition": condition})


def policy(name: str, *statements: object) -> None:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    Path(name).write_text(json.dumps(document, indent=1))


def check(*arguments: str) -> tuple[Ran, dict[str, Any]]:
    ran = gate("check", *arguments, "--format", "json")
    return ran, ran.report


IDENTITY = ("--policy-type", "identity")
RESOURCE = ("--policy-type", "resource")
BUCKET = ("--resource-type", "AWS::S3::Bucket")


def test_the_json_of_a_failed_access_check() -> None:
    arguments = ("wide.json", "--reference", "identity.json", *IDENTITY)
    ran, answer = check("no-new-access", *arguments)

    assert ran.status == 2
    assert list(answer) == [
        "check", "analyzer", "service_data", "result", "message", "exact", "assumptions",
        "reasons", "witness", "findings",
    ]  # fmt: skip
    assert answer["check"] == "no-new-access"
    assert answer["analyzer"] == "embedded"
    assert answer["result"] == "FAIL"
    assert answer["message"]
    assert [reason["statementIndex"] for reason in answer["reasons"]] == [0, 1]
    assert all(
        set(reason) == {"description", "statementIndex", "statementId", "witness", "existingDeny"}
        for reason in answer["reasons"]
    )
    assert set(answer["witness"]) == {"principal", "action", "resource", "context"}
    assert answer["witness"]["action"] == "s3:GetObject"
    assert answer["reasons"][0]["witness"] == answer["witness"]
    assert answer["exact"]
    assert [text[:2] for text in answer["assumptions"]] == ["A3", "A4", "A6"]
    assert answer["findings"] == []


def test_the_json_of_a_passed_access_check() -> None:
    ran, answer = check("no-new-access", "identity.json", "--reference", "wide.json", *IDENTITY)
    assert ran.status == 0
    assert (answer["result"], answer["reasons"], answer["witness"]) == ("PASS", [], None)


def test_the_json_of_an_undecided_access_check() -> None:
    ran, answer = check("no-public-access", "conditional.json", *BUCKET)
    assert ran.status == 2
    assert (answer["result"], answer["witness"]) == ("UNKNOWN", None)
    assert answer["reasons"][0]["statementId"] == "All"


def test_the_json_of_validate_policy_has_the_findings_of_the_api_and_their_fixes() -> None:
    ran, answer = check("validate-policy", "resource.json", *IDENTITY)
    assert ran.status == 2
    assert (answer["result"], answer["reasons"], answer["witness"]) == ("FAIL", [], None)
    (finding,) = answer["findings"]
    assert set(finding) == {
        "findingDetails", "findingType", "issueCode", "learnMoreLink", "locations", "fix", "doubt",
    }  # fmt: skip
    assert finding["locations"][0]["span"]["start"]["line"] == 7

    ran, answer = check("validate-policy", "narrow.json", *RESOURCE, *BUCKET)
    assert (ran.status, answer["result"], answer["findings"]) == (0, "PASS", [])


@pytest.mark.parametrize("policy_type", ["identity", "resource", "scp", "rcp"])
def test_validate_policy_knows_four_types(policy_type: str) -> None:
    ran, answer = check("validate-policy", "resource.json", "--policy-type", policy_type)
    assert ran.status == {"PASS": 0, "FAIL": 2}[answer["result"]]


ANSWERS = [
    (("no-public-access", "resource.json", *BUCKET), "FAIL"),
    (("no-public-access", "narrow.json", *BUCKET), "PASS"),
    (("no-new-access", "resource.json", "--reference", "narrow.json", *RESOURCE), "FAIL"),
    (("no-new-access", "narrow.json", "--reference", "resource.json", *RESOURCE), "PASS"),
    (("access-not-granted", "wide.json", "--actions", "iam:CreateUser", *IDENTITY), "FAIL"),
    (("access-not-granted", "wide.json", "--actions", "ec2:*,iam:Create?ser", *IDENTITY), "FAIL"),
    (("access-not-granted", "identity.json", "--actions", "iam:*,s3:Put*", *IDENTITY), "PASS"),
    (("access-not-granted", "identity.json", "--actions-file", "actions.txt", *IDENTITY), "FAIL"),
    (
        ("access-not-granted", "identity.json", "--resources", "arn:aws:s3:::other/x", *IDENTITY),
        "PASS",
    ),
    (
        ("access-not-granted", "identity.json", "--resources", "arn:aws:s3:::bucket/x", *IDENTITY),
        "FAIL",
    ),
    (
        (
            "access-not-granted",
            "identity.json",
            "--actions",
            "s3:PutObject",
            "--resources",
            "arn:aws:s3:::bucket/x",
            *IDENTITY,
        ),
        "PASS",
    ),
]


@pytest.mark.parametrize(("arguments", "result"), ANSWERS)
def test_answers(arguments: tuple[str, ...], result: str) -> None:
    many = "".join(f"ec2:Action{number} some text\n" for number in range(150))
    Path("actions.txt").write_text(f"# sensitive\n\n{many}s3:GetObject # read\n")

    ran, answer = check(*arguments)

    assert answer["result"] == result
    assert ran.status == (0 if result == "PASS" else 2)
    assert gate("check", *arguments).out.startswith(f"{result}  {arguments[0]}: ")


def test_policies_may_be_written_in_yaml_and_findings_point_into_it() -> None:
    Path("policy.yaml").write_text(
        "# comment\nVersion: '2012-10-17'\nStatement:\n  - Effect: Allow\n    Action: s3:Get*\n"
        "    Resource: '*'\n    Prinzipal: '*'\n"
    )
    Path("flow.yml").write_text("{Statement: {Effect: Allow, Action: 's3:Get*', Resource: '*'}}")

    _, answer = check("validate-policy", "policy.yaml", *IDENTITY)
    places = [
        finding["locations"][0]["span"]["start"]["line"]
        for finding in answer["findings"]
        if finding["findingType"] == "ERROR"
    ]
    assert places == [7]
    for reference, result in (("flow.yml", "PASS"), ("wide.json", "FAIL")):
        _, answer = check("no-new-access", "flow.yml", "--reference", reference, *IDENTITY)
        assert answer["result"] == result
    assert check("validate-policy", "flow.yml", *IDENTITY)[1]["result"] == "PASS"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "JSON_SYNTAX_ERROR"),
        ("words", "JSON_SYNTAX_ERROR"),
        ('{"Statement": [', "JSON_SYNTAX_ERROR"),
        ("[" * 5000, "JSON_SYNTAX_ERROR"),
        ("[]", "DATA_TYPE_MISMATCH"),
        ("{}", "MISSING_STATEMENT"),
    ],
)
def test_what_is_no_policy_fails_validation_and_is_an_error_elsewhere(text: str, code: str) -> None:
    Path("bad.json").write_text(text)

    ran, answer = check("validate-policy", "bad.json", *IDENTITY)
    assert ran.status == 2
    assert code in [finding["issueCode"] for finding in answer["findings"]]

    for arguments in (
        ("no-new-access", "bad.json", "--reference", "wide.json", *IDENTITY),
        ("no-new-access", "wide.json", "--reference", "bad.json", *IDENTITY),
        ("access-not-granted", "bad.json", "--actions", "s3:*", *IDENTITY),
        ("no-public-access", "bad.json", *BUCKET),
    ):
        ran = gate("check", *arguments)
        assert (ran.status, ran.out) == (1, "")
        assert ran.err.startswith("policy-gate: error: bad.json:1:")
        assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("no-public-access", "resource.json", "--resource-type", "AWS::S3::Buket"), "S3::Bucket?"),
        (("no-public-access", "resource.json", "--resource-type", "bucket"), "resource type"),
        (
            ("validate-policy", "resource.json", *RESOURCE, "--resource-type", "AWS::S3::Buckets"),
            "did you mean AWS::S3::Bucket?",
        ),
        (("validate-policy", "identity.json", *IDENTITY, *BUCKET), "resource policy"),
        (("validate-policy", "missing.json", *IDENTITY), "missing.json"),
        (("validate-policy", ".", *IDENTITY), "directory"),
        (("no-new-access", "wide.json", "--reference", "none.json", *IDENTITY), "none.json"),
        (
            ("access-not-granted", "wide.json", "--actions-file", "none.txt", *IDENTITY),
            "none.txt",
        ),
        (("access-not-granted", "wide.json", "--actions", "create", *IDENTITY), "'create'"),
        (("access-not-granted", "wide.json", "--resources", "bucket", *IDENTITY), "'bucket'"),
        (("no-new-access", "resource.json", "--reference", "wide.json", *RESOURCE), "Principal"),
        (("access-not-granted", "resource.json", "--actions", "s3:*", *IDENTITY), "Principal"),
        (("no-public-access", "identity.json", *BUCKET), "Principal"),
    ],
)
def test_a_question_that_cannot_be_put_is_an_error(
    arguments: tuple[str, ...], message: str
) -> None:
    ran = gate("check", *arguments)
    assert (ran.status, ran.out) == (1, "")
    assert message in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("no-access", "wide.json"),
        ("validate-policy", "wide.json"),
        ("validate-policy", "wide.json", "--policy-type", "trust"),
        ("no-new-access", "wide.json", *IDENTITY),
        ("no-new-access", "wide.json", "--reference", "wide.json", "--policy-type", "scp"),
        ("access-not-granted", "wide.json", *IDENTITY),
        ("access-not-granted", "wide.json", *IDENTITY, "--actions", ","),
        ("no-public-access", "resource.json"),
        ("no-public-access", "resource.json", *BUCKET, *RESOURCE),
        ("no-public-access", "resource.json", *BUCKET, "--analyzer", "nobody"),
        ("no-public-access", "resource.json", *BUCKET, "--format", "xml"),
        ("no-public-access", "resource.json", "--resource", "AWS::S3::Bucket"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...]) -> None:
    ran = gate("check", *arguments)
    assert (ran.status, ran.out) == (64, "")
    assert "usage: policy-gate" in ran.err
