"""`--analyzer both`: AWS decides, and where the embedded analyzer disagrees is said."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest

from policy_gate.server.wire import reply
from tests.command_line import allow, gate_json, template
from tests.local_aws import only_this_aws, running

NARROW = {"Version": "2012-10-17", "Statement": [allow("s3:GetObject")]}
INVALID = {"Version": "2012-10-17", "Statement": [{**allow("s3:GetObject"), "Effect": "allow"}]}
PASS = reply({"result": "PASS", "message": "fine"})


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "GITHUB_EVENT_NAME"):
        monkeypatch.delenv(name, raising=False)


def test_a_run_notes_where_the_embedded_analyzer_disagrees_and_aws_decides(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Path(".policy-gate.yml").write_text(
        "checks: {access-not-granted: {actions: [iam:CreateUser]}}\n"
    )
    Path("t.json").write_text(template(allow("iam:*")))
    with running(lambda call: PASS) as server:
        only_this_aws(monkeypatch, tmp_path, server.url)
        ran = gate_json("run", "t.json", "--analyzer", "both")

    (result,) = ran.report["results"]
    assert (ran.status, result["verdict"]) == (0, "PASS")
    (note,) = result["findings"]
    assert (note["code"], note["severity"], note["blocking"]) == (
        "ANALYZERS_DISAGREE", "NOTE", False
    )  # fmt: skip
    assert note["message"].startswith("AWS answers PASS, the embedded analyzer FAIL")


def test_check_says_where_the_embedded_analyzer_disagrees(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Path("p.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [allow("*")]}))
    question = ("access-not-granted", "p.json", "--policy-type", "identity", "--actions", "s3:*")
    with running(lambda call: PASS) as server:
        only_this_aws(monkeypatch, tmp_path, server.url)
        ran = gate_json("check", *question, "--analyzer", "both")

    assert ran.report["result"] == "PASS"
    assert "the embedded analyzer disagrees: FAIL" in ran.report["message"]


@pytest.mark.parametrize(
    "question",
    [
        ("validate-policy", "-"),
        ("validate-policy", "PIPE"),
        ("no-new-access", "PIPE", "--reference", "p.json"),
        ("access-not-granted", "PIPE", "--actions", "iam:CreateUser"),
    ],
    ids=" ".join,
)
def test_a_policy_that_comes_through_a_pipe_is_read_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, question: tuple[str, ...]
) -> None:
    document = json.dumps(NARROW)
    Path("p.json").write_text(document)
    pipe, end = os.pipe()
    os.write(end, document.encode())
    os.close(end)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(document.encode())))
    asked = [f"/dev/fd/{pipe}" if word == "PIPE" else word for word in question]
    with running() as server:
        only_this_aws(monkeypatch, tmp_path, server.url)
        ran = gate_json("check", *asked, "--policy-type", "identity", "--analyzer", "both")
    os.close(pipe)

    assert (ran.status, ran.err) == (0, "")
    assert ran.report["result"] == "PASS"
    assert "disagrees" not in ran.report["message"]
    assert len(server.calls) == 1


def test_what_fix_made_of_a_policy_is_what_both_validate(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Path("p.json").write_text(json.dumps(INVALID))
    question = ("validate-policy", "p.json", "--policy-type", "identity", "--analyzer", "both")
    with running() as server:
        only_this_aws(monkeypatch, tmp_path, server.url)
        before = gate_json("check", *question)
        fixed = gate_json("check", *question, "--fix", "--yes")

    assert (before.report["result"], fixed.report["result"]) == ("FAIL", "PASS")
    assert "disagrees" not in before.report["message"] + fixed.report["message"]
    statement = json.loads(Path("p.json").read_text())["Statement"][0]
    assert statement["Effect"] == "Allow"
