"""What starts the gate stays light: heavy modules are imported where they are needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import allow, template

HEAVY = (
    "boto3",
    "botocore",
    "cfnlint",
    "github",
    "hypothesis",
    "jinja2",
    "jsonschema",
    "junitparser",
    "pydantic",
    "requests",
    "samtranslator",
    "shtab",
)


def imported_by(*arguments: str) -> set[str]:
    code = (
        "import sys\nfrom policy_gate.cli import main\n"
        f"try:\n    main({list(arguments)!r})\nexcept SystemExit:\n    pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    return set(ran.stderr.split())


@pytest.mark.parametrize("command", ["--version", "run", "extract", "check"])
def test_no_command_without_aws_imports_heavy_modules(command: str, tmp_path: Path) -> None:
    (tmp_path / "template.json").write_text(template(allow("iam:CreateUser")))
    (tmp_path / "policy.json").write_text('{"Statement": []}')
    arguments = {
        "--version": ["--version"],
        "run": ["run", str(tmp_path)],
        "extract": ["extract", str(tmp_path)],
        "check": ["check", "validate-policy", f"{tmp_path}/policy.json", "--policy-type", "scp"],
    }[command]

    modules = imported_by(*arguments)

    assert "policy_gate.cli" in modules
    assert modules.isdisjoint(HEAVY)


def test_the_version_needs_no_part_of_the_pipeline() -> None:
    modules = imported_by("--version")
    assert modules.isdisjoint({"yaml", "policy_gate.model", "policy_gate.runner"})
