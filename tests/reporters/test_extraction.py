"""What `policy-gate extract` prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import gate

TEMPLATE = """\
Parameters: {Name: {Type: String}, Env: {Type: String, Default: dev}}
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: ["s3:GetObject"]
            Resource: !Sub "arn:aws:s3:::${Name}-${Env}/*"
  Nested:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: "https://example.com/t.yaml"}
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.yaml").write_text(TEMPLATE)


def test_a_policy_comes_with_its_document_assumptions_and_locations() -> None:
    ran = gate("extract", "t.yaml", "missing.yaml")

    assert ran.status == 1
    (policy,) = ran.report["policies"]
    assert (policy["file"], policy["resource_address"], policy["kind"]) == (
        "t.yaml",
        "Policy",
        "IDENTITY",
    )
    statement = policy["document"]["Statement"][0]
    assert statement["Resource"] == "arn:aws:s3:::${Name}-dev/*"
    assert {item["expression"]: item["kind"] for item in policy["assumptions"]} == {
        "${Name}": "supplied-from-outside",
        "${Env}": "default",
    }
    place = policy["locations"]["Statement/0/Action/0"]
    assert (place["path"], place["line"], place["column"]) == ("t.yaml", 10, 22)
    (nested,) = ran.report["not_checked"]
    assert (nested["resource_address"], nested["reason"]) == ("Nested", "not-analysed")
    (error,) = ran.report["errors"]
    assert error["path"] == "missing.yaml"


def test_the_console_has_one_line_for_each() -> None:
    lines = gate("extract", "t.yaml", "missing.yaml", "--format", "console").out.splitlines()

    assert [line.split("  ")[:2] for line in lines[:3]] == [
        ["identity", "t.yaml:7:9"],
        ["not-analysed", "t.yaml:14:31"],
        ["error", "missing.yaml"],
    ]
    assert lines[3] == "1 policies found, 0 files skipped"
