"""References in a run: builtin ones, folders and files, with their parameters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import allow, gate, gate_json, template

ROLE = "arn:aws:iam::111122223333:role/application/orders"
TO_LAMBDA = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
PASS_ROLE = """checks:
  no-new-access:
    - reference: builtin:pass-role
      parameters:
        roles: ["arn:aws:iam::111122223333:role/application/*"]
        services: [lambda.amazonaws.com]
"""
OWN = """{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "s3:*", "Resource": {{ buckets }}},
  {"Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:*:{{ account }}:*"}
]}"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own").mkdir()
    Path("own/policy.json").write_text(OWN)
    Path("own/meta.yml").write_text(
        "description: own data\n"
        "applies-to: [identity]\n"
        "parameters:\n"
        "  account: {description: whose, type: account-id, example: '111122223333'}\n"
        "  buckets: {description: which, type: arn, list: true, default: ['arn:aws:s3:::a/*']}\n"
    )
    Path("template.json").write_text(template(allow("sqs:*", "arn:aws:sqs:*:111122223333:x")))


def configure(text: str) -> None:
    Path(".policy-gate.yml").write_text(text)


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        (allow("iam:PassRole", ROLE, Condition=TO_LAMBDA), 0),
        (allow("iam:PassRole", ROLE), 2),
        (allow("iam:PassRole", "*", Condition=TO_LAMBDA), 2),
    ],
)
def test_a_builtin_reference_with_parameters(statement: dict[str, object], status: int) -> None:
    configure(PASS_ROLE)
    Path("template.json").write_text(template(statement))
    ran = gate_json("run", "template.json")
    assert ran.status == status
    assert ran.verdicts() == {("app", "no-new-access (pass-role)"): ("FAIL" if status else "PASS")}


@pytest.mark.parametrize("reference", ["own", "own/policy.json"])
def test_a_folder_of_ones_own_has_parameters_and_defaults(reference: str) -> None:
    configure(
        f"checks: {{no-new-access: [{{name: x, reference: {reference},"
        " parameters: {account: '111122223333'}}]}\n"
    )
    assert gate("run", "template.json").status == 0
    Path("template.json").write_text(template(allow("s3:GetObject", "arn:aws:s3:::b/*")))
    assert gate("run", "template.json").status == 2


def test_a_file_of_ones_own_has_parameters() -> None:
    Path("own.json").write_text(OWN)
    configure(
        "checks: {no-new-access: [{name: x, reference: own.json,"
        " parameters: {account: 111122223333, buckets: ['arn:aws:s3:::a/*']}}]}\n"
    )
    assert gate("run", "template.json").status == 0


WRONG = [
    ("{reference: 'builtin:pass-rol'}", "reference: there is no 'builtin:pass-rol'; did you mean"),
    ("{reference: 'builtin:../own'}", "the library has confused-deputy"),
    ("{reference: 'builtin:data-destruction-actions'}", "belongs under actions-file"),
    ("{reference: 'builtin:pass-role'}", "reference: the reference needs the parameter 'roles'"),
    ("{reference: own, name: x}", "needs the parameter 'account' (an account id of 12 digits"),
    ("{reference: own}", "the key 'name' is missing"),
    ("{reference: own, name: x, parameters: {acount: '1'}}",
     "parameters.acount: unknown parameter 'acount'; did you mean 'account'?"),
    ("{reference: own, name: x, parameters: {account: '*'}}", "'*' is not an account id"),
    ("{reference: own, name: x, parameters: {account: ['111122223333']}}", "one text is expected"),
    ("{reference: own, name: x, parameters: {account: '111122223333', buckets: []}}",
     "at least one entry is expected"),
    ("{reference: own, name: x, parameters: {account: {a: b}}}", "a text, a number or a list"),
    ("{reference: own, name: x, parameters: [account]}", "a mapping from names to values"),
    ("{reference: own, name: x, applies-to: [trust], parameters: {account: '111122223333'}}",
     "this reference is for policies of the kind identity"),
    ("{reference: 'builtin:sensitive-roles', parameters: {a: b}}", "unknown parameter 'a'"),
    ("{reference: plain.json, name: x, parameters: {a: b}}", "unknown parameter 'a'"),
    ("{reference: empty, name: x}", "there is no file empty/policy.json"),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "message"), WRONG, ids=lambda text: str(text)[:40])
def test_what_is_wrong_is_told_at_its_line(entry: str, message: str) -> None:
    Path("plain.json").write_text('{"Statement": []}')
    Path("empty").mkdir()
    configure(f"checks:\n  no-new-access:\n    - {entry}\n")
    ran = gate("run", "template.json")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("policy-gate: error: .policy-gate.yml:3:")
    assert message in ran.err


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("policy.json", OWN.replace("account", "acount"),
         "own/policy.json:1:1: the parameter 'acount' is not declared in meta.yml"),
        ("policy.json", OWN.replace("{{ account }}", "1"),
         "the parameter 'account' of meta.yml is not used"),
        ("policy.json", OWN.replace('"sqs:*"', "sqs"), "own/policy.json:3:"),
        ("policy.json", OWN.replace("{{ buckets }}", "{{ buckets * 9 }}"),
         "own/policy.json:2:1: arithmetic is not for reference policies"),
        ("meta.yml", "description: x\n", "own/meta.yml:1:1: the key 'applies-to' is missing"),
        ("meta.yml", "description: x\napplies_to: [identity]\n",
         "own/meta.yml:2:1: applies_to: unknown key; did you mean 'applies-to'?"),
        ("meta.yml", "description: x\napplies-to: [identity, trust]\n", "is none for others"),
        ("meta.yml", "description: x\napplies-to: [identity]\nparameters:\n  a: {description: b}\n",
         "own/meta.yml:4:6: parameters.a: the key 'example' is missing"),
        ("meta.yml", ("description: x\napplies-to: [identity]\nparameters:\n"
         "  a: {description: b, type: acount-id, example: c}\n"), "did you mean 'account-id'?"),
        ("meta.yml", "[", "own/meta.yml:"),
    ],
)  # fmt: skip
def test_a_broken_reference_is_told_at_its_line(file: str, text: str, message: str) -> None:
    Path("own", file).write_text(text)
    configure(
        "checks: {no-new-access: [{name: x, reference: own,"
        " parameters: {account: '111122223333'}}]}\n"
    )
    ran = gate("run", "template.json")
    assert ran.status == 1
    assert message in ran.err


def test_a_reference_that_allows_everything_is_a_note() -> None:
    Path("everything.json").write_text(
        '{"Statement": {"Effect": "Allow", "Action": ["s3:*", "*"], "Resource": "*"}}'
    )
    configure("checks: {no-new-access: [{reference: everything.json, name: all}]}\n")
    ran = gate_json("run", "template.json")
    assert ran.status == 0
    assert ran.report["notes"] == [
        (
            "The reference policy all allows everything, so that no policy can fail the check"
            " no-new-access (all)."
        )
    ]


def test_a_reference_that_allows_nothing_is_a_note() -> None:
    configure("checks: {no-new-access: [{reference: 'builtin:role-trust', applies-to: [trust]}]}\n")
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": {"Statement": {
            "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "111122223333"},
        }}},
    }  # fmt: skip
    Path("template.json").write_text(json.dumps({"Resources": {"Role": role}}))
    ran = gate_json("run", "template.json")
    assert ran.status == 2
    assert any("role-trust allows nothing" in note for note in ran.report["notes"])


def test_lists_of_actions_come_from_the_library_and_from_files() -> None:
    Path("own.txt").write_text("sqs:PurgeQueue # all messages\n")
    both = "['builtin:data-exfiltration-actions', own.txt]"
    for files, status in (("'builtin:detection-evasion-actions'", 0), (both, 2), ("own.txt", 2)):
        configure(f"checks: {{access-not-granted: {{actions-file: {files}}}}}\n")
        assert gate("run", "template.json").status == status


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ("'builtin:pass-role'", "belongs under reference of no-new-access"),
        (
            "'builtin:data'",
            "there is no 'builtin:data'; the library has credential-exposure-action",
        ),
        ("[own.txt]", "there is no file own.txt"),
        ("[]", "at least one entry"),
        ("[1]", "a list of texts"),
    ],
)
def test_a_wrong_list_of_actions_is_told_at_its_line(files: str, message: str) -> None:
    configure(f"checks:\n  access-not-granted:\n    actions-file: {files}\n")
    ran = gate("run", "template.json")
    assert ran.status == 1
    assert ran.err.startswith("policy-gate: error: .policy-gate.yml:3:5: ")
    assert message in ran.err


def test_check_takes_references_of_the_library() -> None:
    Path("policy.json").write_text(
        '{"Statement": {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}}'
    )
    ask = ("check", "no-new-access", "policy.json", "--policy-type", "identity", "--reference")
    given = ("--parameter", "services=ec2.amazonaws.com", "--parameter")

    assert gate(*ask, "builtin:sensitive-roles").status == 2
    assert gate(*ask, "builtin:pass-role", *given, "roles=*").status == 2
    assert "needs the parameter 'roles'" in gate(*ask, "builtin:pass-role").err
    assert "unknown parameter 'x'" in gate(*ask, "builtin:pass-role", "--parameter", "x=y").err
    listed = ("check", "access-not-granted", "policy.json", "--policy-type", "identity")
    assert gate(*listed, "--actions-file", "builtin:privilege-escalation-actions").status == 2
    assert gate(*listed, "--actions-file", "builtin:data-destruction-actions").status == 0
