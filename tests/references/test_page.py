"""What docs/reference-policies.md shows is true."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from policy_gate.config import load_config
from tests.command_line import gate

PAGE = (Path(__file__).parents[2] / "docs" / "reference-policies.md").read_text()


def block(language: str, part: str) -> str:
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    (found,) = [text for text in blocks if part in text]
    return found


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_configuration_loads(tmp_path: Path) -> None:
    (tmp_path / ".policy-gate.yml").write_text(block("yaml", "builtin:sensitive-roles"))
    assert [check.name for check in load_config(tmp_path / ".policy-gate.yml").checks] == [
        "no-new-access (sensitive-roles)",
        "no-new-access (pass-role)",
        "no-new-access (trust)",
        "access-not-granted",
    ]


def test_the_commands_run(tmp_path: Path) -> None:
    statement = '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'
    (tmp_path / "policy.json").write_text(f'{{"Statement": {statement}}}')
    lines = block("sh", "policy-gate test-references").replace("\\\n", "").splitlines()
    assert len(lines) == 3
    for line in lines:
        assert gate(*shlex.split(line, comments=True)[1:]).status == 0, line


def test_its_own_reference_works(tmp_path: Path) -> None:
    folder = tmp_path / "references" / "no-users"
    for kind in ("pass", "fail"):
        (folder / kind).mkdir(parents=True)
        path = "people/ann" if kind == "pass" else "robots/r2"
        resource = f"arn:aws:iam::111122223333:user/{path}"
        (folder / kind / "one.json").write_text(
            '{"Statement": {"Effect": "Allow", "Action": "iam:CreateUser",'
            f' "Resource": "{resource}"}}}}'
        )
    (folder / "meta.yml").write_text(block("yaml", "description: No users"))
    (folder / "policy.json").write_text(block("json", "OtherUsers"))

    ran = gate("test-references", "references")

    assert ran.status == 0, ran.out
    assert "fail/one.json FAIL: statement 1 (OtherUsers) denies it" in ran.out
