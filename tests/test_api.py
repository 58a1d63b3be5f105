"""The public Python API: small, and free to import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import policy_gate

TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: {Effect: Allow, Action: "iam:CreateUser", Resource: "*"}
"""


def test_a_run_gives_a_report(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(TEMPLATE)

    report = policy_gate.run_gate([str(template)])

    assert isinstance(report, policy_gate.GateReport)
    assert (report.status, report.exit_status) == ("failed", 2)
    findings = [finding for result in report.results for finding in result.findings]
    assert [finding.locations[0].line for finding in findings] == [9]


def test_importing_the_package_loads_nothing_of_it() -> None:
    code = (
        "import sys, policy_gate; print([m for m in sys.modules if m.startswith('policy_gate.')])"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    assert loaded.stdout == "[]\n"


def test_other_names_are_no_part_of_it() -> None:
    with pytest.raises(AttributeError, match="run_gates"):
        policy_gate.run_gates  # noqa: B018 - the access itself is under test
