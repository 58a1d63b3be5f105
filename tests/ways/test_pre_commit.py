"""The hook, installed and run by pre-commit (make test-pre-commit)."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.ways.tool import HARMFUL, HARMLESS, ROOT, find_tool, only_for

(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())


@pytest.mark.parametrize(
    ("path", "is_checked"),
    [
        ("template.yaml", True),
        ("app/template.yml", True),
        ("app/orders.template.json", True),
        ("stacks/orders-template.yaml", True),
        ("cfn/network/vpc.yaml", True),
        ("infra/cloudformation/x.json", True),
        ("prod.tfplan.json", True),
        ("package.json", False),
        (".github/workflows/template-x.yaml", False),
        ("src/templates/page.html", False),
    ],
)
def test_the_hook_takes_files_that_are_called_like_templates(path: str, is_checked: bool) -> None:
    assert bool(re.search(HOOK["files"], path)) is is_checked


@only_for("test-pre-commit")
def test_a_commit_is_stopped_by_what_the_gate_finds(tmp_path: Path) -> None:
    program = find_tool(["pre-commit"], "make .tools/stamp installs it")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    for name, text in (("a.template.yaml", HARMLESS), ("other.yaml", "a: 1\n")):
        (tmp_path / name).write_text(text)

    def try_hook() -> tuple[int, str]:
        subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
        done = subprocess.run(
            [program, "try-repo", str(ROOT), "policy-gate", "--all-files"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        print(done.stdout, done.stderr)
        return done.returncode, done.stdout

    status, shown = try_hook()
    assert status == 0
    assert "Passed" in shown

    (tmp_path / "--help.template.yaml").write_text(HARMFUL)
    status, shown = try_hook()
    assert status == 1
    assert "--help.template.yaml:7:" in shown
