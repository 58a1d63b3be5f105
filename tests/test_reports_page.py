"""What docs/reports.md shows works."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from policy_gate.reporters.registry import REPORTERS
from tests.command_line import allow, gate, template

PAGE = (Path(__file__).parent.parent / "docs" / "reports.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("template.json").write_text(template(allow("iam:CreateUser")))


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_it_names_every_kind() -> None:
    assert re.findall(r"^\| `([\w-]+)` \|", PAGE.partition("## Files")[0], re.MULTILINE)[
        :9
    ] == list(REPORTERS)


def test_its_commands_run() -> None:
    for command in "".join(blocks("sh")).splitlines():
        assert gate(*shlex.split(command)[1:]).status == 2
    assert {"gate.sarif", "gate.html", "gate.xml"} <= {path.name for path in Path().iterdir()}


def test_its_template_is_one() -> None:
    Path("team.md.j2").write_text(blocks("jinja")[0])
    ran = gate("run", "--format", "markdown", "--markdown-template", "team.md.j2")
    assert (ran.status, ran.err) == (2, "")
    assert ran.out.startswith("# FAILED: 1 blocking finding")
    assert "- `CHECK_ACCESS_NOT_GRANTED` at `template.json:" in ran.out
    assert "  Request: `The identity can call iam:" in ran.out
