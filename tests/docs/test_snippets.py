"""What pages show besides commands is read by what it is for."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from policy_gate.accepting.waivers import waivers_of
from policy_gate.config.gate import load_config
from policy_gate.config.keys import TOP_KEYS
from policy_gate.config.section import source_of
from tests.command_line import gate
from tests.docs.pages import ROOT, Block, blocks, pages
from tools.page_snippets import kind_of

FOLDERS = Path(__file__).parent / "folders"
EXAMPLES = {
    path.read_text(encoding="utf-8")
    for path in (ROOT / "examples").rglob("*")
    if path.suffix in (".yml", ".yaml")
}
ELSEWHERE = {
    "docs/reference-policies.md": "description: No users",  # tests/references/test_page.py
    "docs/codebuild.md": "version: 0.2",  # its command is one of `policy-gate run`
}
"""YAML that another test reads, by its beginning."""


def shown(*languages: str) -> list[Any]:
    found = (block for page in pages() for block in blocks(page, *languages))
    return [pytest.param(block, id=block.place) for block in found]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(FOLDERS / "common", tmp_path, dirs_exist_ok=True)
    shutil.copytree(FOLDERS / "configuration", tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("block", shown("yaml"))
def test_yaml_is_read_by_what_it_is_for(block: Block) -> None:
    content = yaml.safe_load(block.text)
    if block.text in EXAMPLES or kind_of(block.text):
        return  # `make lint-ci` judges these
    if block.text.startswith(ELSEWHERE.get(block.page, "\0")):
        return
    if isinstance(content, list):
        waivers = waivers_of(source_of(block.place, block.text.encode()), Path())
        assert all(waiver.expires > date(2026, 1, 1) for waiver in waivers)
    elif "Resources" in content:
        Path("template.yaml").write_text(block.text)
        assert gate("extract", "template.yaml").report["not_checked"] == []
    else:
        _check_configuration(block, content)


def _check_configuration(block: Block, content: dict[str, Any]) -> None:
    assert content.keys() <= TOP_KEYS.keys(), f"{block.place}: who reads this?"
    checks = "" if "checks" in content else "checks: {validate-policy: true}\n"
    Path(".policy-gate.yml").write_text(checks + block.text)
    if "s3://" not in block.text:  # tests/test_s3_source.py has a bucket
        assert load_config(Path(".policy-gate.yml")).checks


_STEP = re.compile(r"^ +(?:- )?(?:run: )?(policy-gate run[^$\n]*)$", re.MULTILINE)
STEPS = [
    pytest.param(command, id=f"{block.place} {command}")
    for page in pages()
    for block in blocks(page, "yaml")
    for command in _STEP.findall(block.text)
]
"""The runs in jobs, without those that hold variables of the shell: test_matrix has these."""


@pytest.mark.parametrize("command", STEPS)
def test_a_step_of_a_job_runs(command: str) -> None:
    shutil.copy(ROOT / "examples" / "getting-started" / "template.yaml", ".")
    Path("templates").mkdir()
    shutil.copy("template.yaml", "templates")
    # Who has no account asks the embedded analyzer.
    ran = gate(*command.replace("--analyzer aws", "--analyzer embedded").split()[1:])
    assert (ran.status, ran.err) == (0, "")


@pytest.mark.parametrize("block", shown("python"))
def test_python_runs(block: Block, capsys: pytest.CaptureFixture[str]) -> None:
    if "boto3" in block.text:
        return  # tests/server asks it with boto3
    shutil.copy(ROOT / "examples" / "getting-started" / "template.yaml", ".")
    allow = {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    given = {"new_json": json.dumps(allow), "existing_json": json.dumps({"Statement": []})}
    exec(compile(block.text, block.place, "exec"), given)
    assert "Witness(action=" in capsys.readouterr().out
