"""cfn-policy-validator, unmodified and as a process, with `policy-gate serve` for all of AWS."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.local_aws import LocalAws, only_this_aws, running
from tests.reasoning.documents import allow, grant, policy

ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "RoleName": "deployer",
        "AssumeRolePolicyDocument": json.loads(policy(grant({"AWS": "*"}, "sts:AssumeRole"))),
        "Policies": [
            {
                "PolicyName": "deploy",
                "PolicyDocument": json.loads(policy(allow("iam:PassRole", "*"))),
            }
        ],
    },
}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LocalAws]:
    with running() as server:
        only_this_aws(monkeypatch, tmp_path, server.url)
        monkeypatch.chdir(tmp_path)
        Path("template.json").write_text(json.dumps({"Resources": {"Deployer": ROLE}}))
        Path("reference.json").write_text(policy(allow("s3:*")))
        yield server


def codes(command: str, *options: str) -> list[tuple[str, str]]:
    """Code and policy of each blocking finding."""
    code = "from cfn_policy_validator.main import main; main()"
    arguments = [command, "--region", "eu-central-1", "--template-path", "template.json", *options]
    ran = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert ran.returncode in (0, 2), ran.stderr
    report: dict[str, Any] = json.loads(ran.stdout)
    return [(finding["code"], finding["policyName"]) for finding in report["BlockingFindings"]]


def test_validate(aws: LocalAws) -> None:
    assert codes("validate") == [
        ("PASS_ROLE_WITH_STAR_IN_RESOURCE", "deploy"),
        ("EXTERNAL_PRINCIPAL", "TrustPolicy"),
    ]
    assert list(dict.fromkeys(call.operation for call in aws.calls)) == [
        "GetCallerIdentity",
        "ListAnalyzers",
        "ValidatePolicy",
        "CreateAccessPreview",
        "GetAccessPreview",
        "ListAccessPreviewFindings",
    ]


@pytest.mark.parametrize(
    ("command", "options", "policies"),
    [
        ("CheckNoNewAccess",
         ["--reference-policy", "reference.json", "--reference-policy-type", "identity"],
         ["deploy"]),
        ("CheckAccessNotGranted", ["--actions", "iam:PassRole"], ["deploy"]),
        ("CheckAccessNotGranted", ["--actions", "iam:CreateUser"], []),
        ("CheckNoPublicAccess", [], ["TrustPolicy"]),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("aws")
def test_custom_checks(command: str, options: list[str], policies: list[str]) -> None:
    name = "".join(f"-{c.lower()}" if c.isupper() else c for c in command).removeprefix("-")
    assert codes(name, *options) == [(f"policy-analysis-{command}", name) for name in policies]
