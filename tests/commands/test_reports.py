"""`run --report KIND=PATH`: what is written where, and what happens where it cannot be."""

from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path

import pytest

from policy_gate.reporters.registry import REPORTERS
from tests.command_line import allow, gate, template

CONFIG = "checks: {access-not-granted: {actions: ['iam:CreateUser']}}\n"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repository with a template that fails."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    Path("template.json").write_text(template(allow("iam:*")))
    Path(".policy-gate.yml").write_text(CONFIG)


def test_all_kinds_at_once_and_another_on_stdout() -> None:
    options = [option for kind in REPORTERS for option in ("--report", f"{kind}=out.{kind}")]
    ran = gate("run", "template.json", *options, "--format", "concise")
    assert (ran.status, ran.err) == (2, "")
    assert ran.out.startswith("template.json:17:18: error CHECK_ACCESS_NOT_GRANTED ")
    for kind in REPORTERS:
        printed = gate("run", "template.json", "--format", kind)
        assert printed.status == 2
        assert Path(f"out.{kind}").read_text(encoding="utf-8") == printed.out
    assert "\n  error" not in Path("out.console").read_text()


@pytest.mark.parametrize("kind", REPORTERS)
def test_a_report_of_nothing_is_written_too(kind: str) -> None:
    Path("template.json").unlink()
    assert gate("run", "--report", f"{kind}=out").status == 3
    assert Path("out").exists()


def test_a_path_that_cannot_be_written_is_told_and_the_others_are_written() -> None:
    Path("folder").mkdir()
    bad = [f"{kind}={path}" for kind, path in (("json", "absent/x.json"), ("junit", "folder"))]
    options = [
        option
        for report in ["html=gate.html", *bad, "sarif=gate.sarif"]
        for option in ("--report", report)
    ]
    ran = gate("run", *options)
    assert ran.status == 1
    assert "FAILED: " in ran.out
    assert Path("gate.html").exists()
    assert json.loads(Path("gate.sarif").read_text())["version"] == "2.1.0"
    lines = ran.err.splitlines()
    assert "report json is not written: absent/x.json: No such file or directory" in lines[0]
    assert "report junit is not written: folder: " in lines[1]
    assert len(lines) == 2
    assert sorted(path.name for path in Path().iterdir()) == [
        ".git",
        ".policy-gate.yml",
        "folder",
        "gate.html",
        "gate.sarif",
        "template.json",
    ]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("sarif", "expected KIND=PATH"),
        ("sarif=", "expected KIND=PATH"),
        ("=x", "is no kind of report"),
        ("pdf=x.pdf", "is no kind of report; there are console, concise, json, markdown"),
        ("sarif=-", "for stdout pass --format sarif"),
    ],
)
def test_wrong_usage(option: str, message: str) -> None:
    ran = gate("run", "--report", option)
    assert (ran.status, ran.out) == (64, "")
    assert message in ran.err


def test_two_reports_to_one_path_are_refused() -> None:
    ran = gate("run", "--report", "sarif=x", "--report", "json=./x")
    assert (ran.status, ran.out) == (1, "")
    assert "--report: two reports would go to x" in ran.err
    assert not Path("x").exists()


def test_the_old_report_is_replaced_and_keeps_its_mode() -> None:
    Path("x").write_text("old")
    Path("x").chmod(0o640)
    gate("run", "--report", "json=x")
    assert json.loads(Path("x").read_text())["status"] == "failed"
    assert stat.S_IMODE(Path("x").stat().st_mode) == 0o640


def test_a_new_report_has_the_mode_of_a_new_file() -> None:
    gate("run", "--report", "json=x")
    Path("y").touch()
    assert Path("x").stat().st_mode == Path("y").stat().st_mode


def test_a_symbolic_link_stays_one() -> None:
    Path("real").touch()
    Path("x").symlink_to("real")
    gate("run", "--report", "json=x")
    assert Path("x").is_symlink()
    assert json.loads(Path("real").read_text())["status"] == "failed"


def test_a_pipe_and_a_device_are_written_to() -> None:
    os.mkfifo("pipe")
    received: list[str] = []
    reader = threading.Thread(target=lambda: received.append(Path("pipe").read_text()), daemon=True)
    reader.start()
    assert gate("run", "--report", "json=pipe", "--report", "sarif=/dev/null").status == 2
    reader.join(timeout=60)
    assert json.loads(received[0])["status"] == "failed"
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.parametrize(
    "config", ["checks: {nothing: true}\n", "analyzer: aws\naws: {deadline: no}"]
)
def test_no_old_report_is_left_where_there_is_no_new_one(config: str) -> None:
    Path("x.sarif").write_text("{}")
    Path(".policy-gate.yml").write_text(config)
    assert gate("run", "--report", "sarif=x.sarif").status == 1
    assert not Path("x.sarif").exists()


def test_a_template_of_the_command_line_goes_before_that_of_the_configuration() -> None:
    Path("a.j2").write_text("a: {{ status_word }}\n")
    Path("b.j2").write_text("b: {{ status_word }}\n")
    Path(".policy-gate.yml").write_text(f"{CONFIG}markdown-template: a.j2\n")
    assert gate("run", "--format", "markdown").out == "a: FAILED\n"
    ran = gate("run", "--format", "markdown", "--markdown-template", "b.j2")
    assert ran.out == "b: FAILED\n"


def test_a_template_at_fault_costs_only_its_report() -> None:
    Path("t.j2").write_text("{{ status_word }}\n{{ oops }}\n")
    options = ("--report", "markdown=x.md", "--report", "json=x.json")
    ran = gate("run", *options, "--markdown-template", "t.j2")
    assert ran.status == 1
    assert "FAILED: " in ran.out
    assert (
        ran.err
        == "policy-gate: error: the report markdown is not written: t.j2:2: 'oops' is undefined\n"
    )
    assert Path("x.json").exists()
    assert not Path("x.md").exists()


def test_a_template_that_is_missing_is_an_error_of_the_configuration() -> None:
    ran = gate("run", "--format", "markdown", "--markdown-template", "absent.j2")
    assert (ran.status, ran.out) == (1, "")
    assert "cannot read absent.j2: No such file or directory" in ran.err
    Path(".policy-gate.yml").write_text(f"{CONFIG}markdown-template: absent.j2\n")
    assert ".policy-gate.yml:2:1: markdown-template: there is no file absent.j2" in gate("run").err


def test_the_category_of_sarif() -> None:
    ran = gate("run", "--format", "sarif", "--sarif-category", "gate-prod")
    assert ran.report["runs"][0]["automationDetails"]["id"] == "gate-prod/"
    assert gate("run", "--sarif-category", "").status == 64


@pytest.mark.parametrize("command", [("extract",), ("check", "no-public-access")])
def test_other_commands_have_two_formats(command: tuple[str, ...]) -> None:
    ran = gate(*command, "template.json", "--format", "sarif")
    assert ran.status == 64
    assert "choose from" in ran.err


@pytest.mark.parametrize("kind", REPORTERS)
def test_a_report_is_no_input_of_the_next_run(kind: str) -> None:
    """Also where it quotes a template from the first line to the last."""
    text = template(allow("iam:*"))
    Path("template.json").write_text(json.dumps(json.loads(text)))
    before = gate("run", "--format", "concise")
    gate("run", "--report", f"{kind}=report.{kind}")
    assert gate("run", "--format", "concise").out == before.out
