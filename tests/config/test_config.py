"""The configuration as scripts rely on it."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest

from policy_gate.commands.configuration import configured
from tests.command_line import allow, gate, gate_json, template

REFERENCE = """{"Version": "2012-10-17", "Statement": [
 {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"""

COMPLETE = """\
analyzer: embedded
inputs: ["templates/**/*.json"]
parameters: {Env: prod, Count: 3, On: true, Names: [a, b]}
checks:
  validate-policy: {fail-on: [ERROR, SECURITY_WARNING]}
  no-new-access:
    - {name: perimeter, reference: reference.json, applies-to: [identity]}
    - {name: buckets, reference: buckets.yaml, applies-to: ["AWS::S3::Bucket"]}
  access-not-granted: {actions-file: actions.txt, actions: ["iam:CreateUser"], resources: []}
  no-public-access: true
unknown: block
managed-policies: inform
parameter-defaults: explore
aws: {send-sensitive: false}
terraform-roots: [templates]
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with templates, a reference and sensitive actions."""
    for name in ("repository/.git", "repository/templates/deep"):
        (tmp_path / name).mkdir(parents=True)
    root = tmp_path / "repository"
    (root / "templates/deep/good.json").write_text(template(allow("s3:GetObject", "*")))
    (root / "reference.json").write_text(REFERENCE)
    (root / "buckets.yaml").write_text(
        "Statement: {Effect: Allow, Principal: '*', Action: '*', Resource: '*'}\n"
    )
    (root / "actions.txt").write_text("# sensitive\n\n dynamodb:Delete*   loses orders\niam:*\n")
    monkeypatch.chdir(root)
    return root


def configure(text: str) -> None:
    Path(".policy-gate.yml").write_text(text)


def test_the_whole_shape_is_understood() -> None:
    configure(COMPLETE)

    ran = gate_json("run")

    assert ran.status == 0
    assert ran.verdicts() == {
        ("app", "validate-policy"): "PASS",
        ("app", "no-new-access (perimeter)"): "PASS",
        ("app", "access-not-granted"): "PASS",
    }
    assert ran.report["notes"] == [
        "The check no-new-access (buckets) applies to none of the policies that were found."
    ]


def test_a_check_that_is_not_named_or_false_does_not_run() -> None:
    configure(
        "checks: {validate-policy: false, no-new-access: false, access-not-granted: false,"
        " no-public-access: true}"
    )
    bucket = """Resources:
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: b
      PolicyDocument:
        Statement: {Effect: Allow, Principal: {AWS: "111122223333"}, Action: "s3:*", Resource: "*"}
"""
    Path("bucket.yaml").write_text(bucket)

    assert [check for _, check in gate_json("run", "bucket.yaml").verdicts()] == [
        "no-public-access"
    ]


def test_policies_without_a_check_are_nothing_to_check() -> None:
    configure("checks: {no-public-access: true}")
    ran = gate_json("run")
    assert (ran.status, ran.report["coverage"]["found"]) == (3, 1)
    assert ran.verdicts() == {("app", ""): "NOT_CHECKED"}

    configure("checks: {}")
    assert gate("run").status == 3


def test_without_a_configuration_the_report_says_that_these_are_the_defaults() -> None:
    Path("bad.json").write_text(template(allow("iam:CreateUser")))

    ran = gate_json("run", "bad.json")

    assert ran.status == 2
    assert "CHECK_ACCESS_NOT_GRANTED" in [code for code, _ in ran.findings()]
    assert any("default checks" in note for note in ran.report["notes"])


def test_it_is_found_upward_to_the_root_of_the_repository_and_not_beyond(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder.parent / ".policy-gate.yml").write_text("wrong: true\n")
    monkeypatch.chdir(folder / "templates" / "deep")
    assert "default checks" in gate_json("run", ".").report["notes"][0]

    (folder / ".policy-gate.yml").write_text("checks: {validate-policy: true}\n")
    ran = gate_json("run", ".")
    assert (ran.status, ran.report["notes"]) == (0, [])

    (folder / "templates" / ".policy-gate.yml").write_text("wrong: true\n")
    assert gate("run", ".").status == 1


def test_outside_of_a_repository_only_the_folder_itself_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".policy-gate.yml").write_text("wrong: true\n")
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    assert gate("run").status == 3
    monkeypatch.chdir(tmp_path)
    assert gate("run").status == 1


def test_paths_are_relative_to_the_file_and_arguments_replace_inputs(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(COMPLETE)
    (folder / "other.json").write_text(template(allow("iam:CreateUser")))
    monkeypatch.chdir(folder / "templates")

    ran = gate_json("run", "--config", "../.policy-gate.yml")
    assert [result["policy"]["file"] for result in ran.report["results"]][:1] == ["deep/good.json"]
    ran = gate_json("run", "../other.json")
    assert {result["policy"]["file"] for result in ran.report["results"]} == {
        str(folder / "other.json")
    }
    assert ran.status == 2


def test_an_input_without_wildcards_must_exist_and_a_pattern_that_matches_nothing_is_noted() -> (
    None
):
    checks = "checks: {validate-policy: true}\n"
    configure(f"inputs: [missing.yaml, templates]\n{checks}")
    assert gate("run").status == 1

    configure(f"inputs: ['missing/*.yaml', 'templates/**/*.json']\n{checks}")
    ran = gate_json("run")
    assert ran.status == 0
    assert "missing/*.yaml" in ran.report["notes"][0]

    configure(f"inputs: ['missing/*.yaml']\n{checks}")
    assert gate("run").status == 3


PARAMETERS = {
    "Action": {"Type": "String"},
    "Other": {"Type": "String", "Default": "s3:GetObject"},
}


def test_parameters_come_from_the_file_and_rather_from_the_command_line() -> None:
    Path("t.json").write_text(template(allow({"Ref": "Action"}), parameters=PARAMETERS))
    checks = "checks: {access-not-granted: {actions: ['iam:*']}}\n"
    configure(checks)
    assert gate("run", "t.json").status == 2
    configure(f"{checks}parameters: {{Action: 's3:GetObject'}}\n")
    assert gate("run", "t.json").status == 0
    assert gate("run", "t.json", "--parameter", "Action=iam:CreateUser").status == 2
    configure(f"{checks}parameters: {{Action: 'iam:CreateUser'}}\n")
    assert gate("run", "t.json").status == 2
    assert gate("run", "t.json", "--parameter", "Action=s3:Get=").status == 0


CONDITIONAL = """
Parameters:
  Env: {Type: String, Default: dev}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: app
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Action: "s3:GetObject", Resource: !Sub "arn:aws:s3:::${Env}-b/*"}
          - {Effect: Allow, Action: "iam:PassRole", Resource: !Sub "arn:aws:iam::*:role/${Env}"}
          - !If
            - IsProd
            - {Effect: Allow, Action: "iam:CreateUser", Resource: "*"}
            - !Ref AWS::NoValue
"""


def test_parameter_defaults_are_explored_or_trusted() -> None:
    Path("t.yaml").write_text(CONDITIONAL)
    checks = "checks: {access-not-granted: {actions: ['iam:CreateUser']}}\n"
    configure(checks)
    ran = gate_json("run", "t.yaml")
    assert ran.status == 2
    (finding,) = ran.report["results"][0]["findings"]
    assert finding["world"] == "Env = prod"
    assert "Env = prod" in gate("run", "t.yaml").out

    configure(f"{checks}parameter-defaults: trust\n")
    assert gate("run", "t.yaml").status == 0
    assert gate("run", "t.yaml", "--parameter", "Env=prod").status == 2
    configure(f"{checks}parameters: {{Env: test}}\n")
    assert gate("run", "t.yaml").status == 0


def test_unknown_blocks_unless_it_is_only_reported() -> None:
    condition = {"StringMatches": {"aws:PrincipalOrgID": "o-1"}}
    Path("t.json").write_text(template(allow("iam:CreateUser", Condition=condition)))
    checks = "checks: {access-not-granted: {actions: ['iam:CreateUser']}}\n"
    configure(checks)
    ran = gate_json("run", "t.json")
    assert (ran.status, ran.report["coverage"]["unknown"]) == (2, 1)
    configure(f"{checks}unknown: report\n")
    ran = gate_json("run", "t.json")
    assert (ran.status, ran.report["coverage"]["unknown"]) == (0, 1)
    assert ran.report["coverage"]["passed"] == 0


def test_managed_policies_whose_document_is_not_at_hand_inform_or_block() -> None:
    Path("t.yaml").write_text(
        """Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]
"""
    )
    checks = "checks: {validate-policy: true}\n"
    configure(checks)
    ran = gate_json("run", "t.yaml")
    assert ran.status == 0
    assert ran.report["coverage"]["not_checked"]["document-unavailable"] == 1
    configure(f"{checks}managed-policies: block\n")
    assert gate("run", "t.yaml").status == 2


def test_an_administrator_policy_attached_by_name_is_checked() -> None:
    Path("t.yaml").write_text(
        """Resources:
  User:
    Type: AWS::IAM::User
    Properties: {ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"]}
"""
    )
    assert ("CHECK_ACCESS_NOT_GRANTED", 4) in gate_json("run", "t.yaml").findings()


def test_findings_of_the_types_named_block() -> None:
    Path("t.json").write_text(template(allow("s3:GetObject"), allow("iam:PassRole")))
    for names, status in (
        ("[ERROR, SECURITY_WARNING]", 2),
        ("[ERROR]", 0),
        ("[]", 0),
        ("[SUGGESTION, SECURITY_WARNING]", 2),
    ):
        configure(f"checks: {{validate-policy: {{fail-on: {names}}}}}\n")
        assert gate("run", "t.json").status == status
    configure("checks: {validate-policy: true}\n")
    assert gate("run", "t.json").status == 2


def test_a_name_that_old_service_data_does_not_know_is_a_note() -> None:
    Path("t.json").write_text(template(allow("s3:GetObjekt"), allow("s3:GetObject", Sid="a-b")))
    for days, status, severity in ((100_000, 2, "ERROR"), (0, 2, "NOTE")):
        configure(f"embedded: {{service-data-days: {days}}}\nchecks: {{validate-policy: true}}\n")
        ran = gate_json("run", "t.json")
        found = {
            item["code"]: (item["severity"], item["blocking"])
            for item in ran.report["results"][0]["findings"]
        }
        assert ran.status == status
        assert found == {
            "INVALID_ACTION": (severity, severity == "ERROR"),
            "UNSUPPORTED_SID": ("ERROR", True),
        }
    Path("t.json").write_text(template(allow("s3:GetObjekt")))
    noted = gate("run", "t.json")
    assert noted.status == 0
    assert "note[INVALID_ACTION]" in noted.out
    assert "days old" in noted.out


def test_approximate_checks_are_asked_for_and_marked() -> None:
    Path("t.json").write_text(template(allow("sqs:SendMessage", "arn:aws:sqs:eu-west-1::jobs")))
    configure("checks: {validate-policy: true}\n")
    assert gate("run", "t.json").status == 0
    asked = gate_json("run", "t.json", "--approximate")
    configure("embedded: {approximate: true}\nchecks: {validate-policy: true}\n")
    for ran in (asked, gate_json("run", "t.json")):
        (finding,) = ran.report["results"][0]["findings"]
        assert finding["code"] == "MISSING_ARN_ACCOUNT"
        assert "(Approximate: " in finding["message"]
        assert "153 checks" in ran.report["analyzer"]["reason"]


def test_actions_come_from_file_and_list_and_may_hold_wildcards() -> None:
    Path("t.json").write_text(template(allow("dynamodb:DeleteTable", "*")))
    for setting, status in (
        ("{actions-file: actions.txt}", 2),
        ("{actions: ['dynamodb:Delete?able']}", 2),
        ("{actions: ['s3:*']}", 0),
        ("{actions-file: actions.txt, actions: ['s3:*']}", 2),
        ("{resources: ['arn:aws:dynamodb:*:*:table/*']}", 2),
        ("{resources: ['arn:aws:s3:::*']}", 2),
        ("{actions-file: actions.txt, applies-to: [trust]}", 3),
    ):
        configure(f"checks: {{access-not-granted: {setting}}}\n")
        assert gate("run", "t.json").status == status, setting


def test_more_than_a_hundred_actions_are_asked_about() -> None:
    Path("t.json").write_text(template(allow("s3:Get199")))
    Path("many.txt").write_text("".join(f"s3:Get{number}\n" for number in range(200)))
    configure("checks: {access-not-granted: {actions-file: many.txt}}\n")
    assert gate("run", "t.json").status == 2


def test_a_reference_may_be_for_a_type_of_resource_with_identity_policies() -> None:
    Path("t.json").write_text(template(allow("s3:GetObject")))
    for kind, status in (("AWS::IAM::Policy", 0), ("AWS::IAM::Group", 3)):
        configure(
            "checks:\n  no-new-access:\n"
            f"    - {{name: x, reference: reference.json, applies-to: ['{kind}']}}\n"
        )
        assert gate("run", "t.json").status == status


def test_terraform_roots_are_folders_of_the_project_and_rather_those_of_the_command_line(
    folder: Path,
) -> None:
    (folder / "infra").mkdir()
    (folder / "other").mkdir()
    configure("checks: {}\nterraform-roots: [infra]\naws: {send-sensitive: true}\n")
    arguments = Namespace(
        endpoint_url="",
        config=None,
        parameters_file=[],
        parameter=[],
        analyzer=None,
        approximate=False,
        create_analyzer=False,
    )

    config = configured(Namespace(**vars(arguments), terraform_root=[]))
    assert config.sends_sensitive
    assert config.settings.terraform_roots == (folder / "infra",)

    config = configured(Namespace(**vars(arguments), terraform_root=["other"]))
    assert config.settings.terraform_roots == (Path("other"),)

    ran = gate("run", "--terraform-root", "missing")
    assert (ran.status, ran.out) == (1, "")
    assert "--terraform-root: there is no folder missing" in ran.err
