"""`run` and `extract` from the command line: exit statuses, reports, usage."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import policy_gate
from tests.command_line import Ran, allow, gate, gate_json, template

ROOT = Path(policy_gate.__file__).parent
POST = Path(__file__).parent / "data" / "aws-post"
SCHEMA: Any = json.loads((ROOT / "reporters" / "gate-report.schema.json").read_text())

TRUST_ONLY = """Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: {Effect: Allow, Principal: {Service: [%s]}, Action: "sts:AssumeRole"}
"""
CONDITION = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("good.json", template(allow("s3:GetObject", "arn:aws:s3:::bucket/*")))
    write("bad.json", template(allow("iam:CreateUser")))
    write("undecided.json", template(allow("iam:CreateUser", Condition=CONDITION)))
    write("malformed.json", template({"Effect": "Allow", "Action": "s3:*", "Resource": 1}))
    write("broken.json", "{")
    write("none.json", '{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}')
    Path("empty").mkdir()


def write(name: str, text: str) -> None:
    Path(name).write_text(text)


STATUSES = [
    (["good.json"], "passed", 0),
    (["bad.json"], "failed", 2),
    (["undecided.json"], "failed", 2),
    (["malformed.json"], "failed", 2),
    (["broken.json"], "failed", 2),
    (["none.json"], "empty", 3),
    (["empty"], "empty", 3),
    (["missing.json"], "error", 1),
    (["good.json", "missing.json"], "error", 1),
    (["good.json", "broken.json"], "failed", 2),
    (["good.json", "none.json"], "passed", 0),
    (["bad.json", "missing.json"], "failed", 2),
    (["."], "failed", 2),
    (["none.json", "--allow-empty"], "empty", 0),
    (["empty", "--allow-empty"], "empty", 0),
    (["broken.json", "--allow-empty"], "failed", 2),
    (["missing.json", "--allow-empty"], "error", 1),
]


@pytest.mark.parametrize(("arguments", "status", "exit_status"), STATUSES)
def test_statuses(arguments: list[str], status: str, exit_status: int) -> None:
    ran = gate_json("run", *arguments)

    jsonschema.validate(ran.report, SCHEMA)
    assert ran.report["status"] == status
    assert ran.report["exit_status"] == ran.status == exit_status
    assert gate("run", *arguments).status == exit_status


def test_a_question_that_cannot_be_put_is_an_error_and_no_finding() -> None:
    write(".policy-gate.yml", "checks: {access-not-granted: {actions: ['s3:*']}}")
    ran = gate_json("run", "malformed.json", "good.json")
    assert (ran.status, ran.report["status"]) == (2, "failed")
    ran = gate_json("run", "malformed.json")
    assert (ran.status, ran.report["status"]) == (1, "error")
    assert ran.report["coverage"]["errors"] == 1
    assert ran.findings() == []


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["good.json"], 0),
        (["bad.json"], 0),
        (["none.json"], 3),
        (["good.json", "broken.json"], 2),
        (["good.json", "missing.json"], 1),
    ],
)
def test_statuses_of_extract(arguments: list[str], status: int) -> None:
    assert gate("extract", *arguments).status == status
    assert gate("extract", *arguments, "--format", "console").status == status


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["walk"],
        ["--format", "json"],
        ["run", "--frmt", "json"],
        ["run", "--format", "xml"],
        ["run", "--analyzer", "nobody"],
        ["run", "--parameter", "Env"],
        ["run", "--parameter", "=prod"],
        ["run", "--param", "Env=prod"],
        ["run", "--config"],
        ["extract", "--allow-empty"],
    ],
)
def test_wrong_usage(arguments: list[str]) -> None:
    ran = gate(*arguments)
    assert (ran.status, ran.out) == (64, "")
    assert ran.err.startswith("usage: policy-gate")


def test_version() -> None:
    assert gate("--version") == Ran(0, f"policy-gate {policy_gate.__version__}\n", "")


def test_the_first_version_of_the_aws_post_passes_both_checks() -> None:
    ran = post("v1")
    assert (ran.status, ran.findings()) == (0, [])
    assert ran.verdicts() == {
        ("AssumeRolePolicyDocument", "access-not-granted"): "PASS",
        ("instance", "access-not-granted"): "PASS",
        ("instance", "no-new-access (sensitive-roles)"): "PASS",
    }


def test_the_second_version_of_the_aws_post_fails_both_at_the_right_lines() -> None:
    ran = post("v2")
    text = (POST / "ec2-instance-role-v2.yaml").read_text().splitlines()

    assert ran.status == 2
    assert [(code, text[line - 1].split()[-1]) for code, line in ran.findings()] == [
        ("CHECK_ACCESS_NOT_GRANTED", "dynamodb:Delete*"),
        (
            "CHECK_NO_NEW_ACCESS",
            "arn:aws:iam::*:role/my-sensitive-roles/my-custom-admin-role",
        ),
    ]
    witnesses = [
        finding["witness"] for result in ran.report["results"] for finding in result["findings"]
    ]
    assert [witness["action"] for witness in witnesses] == ["dynamodb:DeleteTable", "iam:PassRole"]


def post(version: str) -> Ran:
    template_file = POST / f"ec2-instance-role-{version}.yaml"
    return gate_json("run", template_file, "--config", POST / ".policy-gate.yml")


def test_auto_says_which_analyzer_answered_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(Path.cwd()))

    ran = gate_json("run", "good.json", "--analyzer", "auto")

    assert ran.status == 0
    assert ran.report["analyzer"]["name"] == "embedded"
    assert "no AWS credentials" in ran.report["analyzer"]["reason"]
    assert "no AWS credentials" in gate("run", "good.json", "--analyzer", "auto").out

    ran = gate("run", "good.json", "--analyzer", "aws")
    assert ran.status == 1
    assert "Traceback" not in ran.out + ran.err


def policy_gate_process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "policy_gate", *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT.parent), **environment},
    )


def test_the_same_inputs_give_the_same_bytes() -> None:
    write("trust.yaml", TRUST_ONLY % "ec2.amazonaws.com, lambda.amazonaws.com")
    paths = ["trust.yaml", "bad.json", "good.json", "undecided.json"]
    for output in ("json", "console"):
        printed = {
            policy_gate_process(
                "run", *order, "--format", output, PYTHONHASHSEED=seed, COLUMNS="80"
            ).stdout
            for order, seed in ((paths, "1"), (paths[::-1], "2"), ([*paths, "bad.json"], "3"))
        }
        assert len(printed) == 1


def test_a_closed_pipe_is_no_traceback() -> None:
    command = f"{sys.executable} -m policy_gate extract . | true"
    environment = {**os.environ, "PYTHONPATH": str(ROOT.parent)}
    ran = subprocess.run(command, shell=True, capture_output=True, check=False, env=environment)
    assert b"Traceback" not in ran.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_encoding_of_stdout_will_do(encoding: str) -> None:
    write("café-☃.json", template(allow("iam:CreateUser", Sid="Schneemann☃")))
    for status, *arguments in (
        (2, "run", "."),
        (0, "extract", "."),
        (0, "extract", ".", "--format", "console"),
    ):
        ran = policy_gate_process(*arguments, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
        assert ran.returncode == status
        assert b"Traceback" not in ran.stderr
        ran.stdout.decode(encoding)
