"""The answer of `policy-gate check` for people."""

from __future__ import annotations

import argparse
import io
import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from policy_gate.analyzers.embedded import EmbeddedAnalyzer
from policy_gate.analyzers.settings import EmbeddedSettings
from policy_gate.commands.validate import validate
from policy_gate.reporters.answer import CheckAnswer, write_console
from tests.command_line import gate

IDENTITY = ("--policy-type", "identity")


pytestmark = pytest.mark.usefixtures("own_folder")


def write(statement: dict[str, object]) -> None:
    document = {"Version": "2012-10-17", "Statement": [statement]}
    Path("p.json").write_text(json.dumps(document, indent=1))


def test_the_answer_its_reasons_the_witness_and_who_answered() -> None:
    write({"Effect": "Allow", "Action": "iam:*", "Resource": "*"})
    ran = gate("check", "access-not-granted", "p.json", "--actions", "iam:CreateUser", *IDENTITY)

    lines = ran.out.splitlines()
    assert lines[0].startswith("FAIL  access-not-granted: ")
    assert "statement with index: 0" in lines[1]
    assert "iam:CreateUser" in lines[2]
    assert lines[-1].startswith("Analyzer: ")


def test_findings_stand_at_their_lines() -> None:
    write({"Effect": "Alow", "Action": "iam:*", "Resource": "*"})
    ran = gate("check", "validate-policy", "p.json", *IDENTITY)
    assert ran.out.startswith("FAIL  validate-policy: ")
    assert any(line.startswith("  5:") and "ERROR" in line for line in ran.out.splitlines())


@pytest.mark.parametrize("hostile", ["\x1b[31m", "\n::error::x", "##[error]x", "\u202e"])
def test_what_a_policy_says_stays_text(hostile: str) -> None:
    write({"Effect": "Allow", "Action": "iam:*", "Resource": "*", "Sid": hostile, hostile: 1})
    for output in ("console", "json"):
        arguments = ("p.json", *IDENTITY, "--format", output)
        out = gate("check", "validate-policy", *arguments).out
        assert hostile not in out
        assert not any(line.lstrip().startswith("::") for line in out.splitlines())


def test_the_day_of_the_service_data_is_told() -> None:
    write({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"})
    ran = gate("check", "validate-policy", "p.json", *IDENTITY)
    assert re.fullmatch(r"Analyzer: .*, service data of \d{4}-\d\d-\d\d", ran.out.splitlines()[-1])
    answer = gate("check", "validate-policy", "p.json", *IDENTITY, "--format", "json").report
    assert date.fromisoformat(answer["service_data"]) <= datetime.now(UTC).date()


def test_a_finding_in_doubt_is_a_note_and_does_not_block() -> None:
    write({"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"})
    arguments = argparse.Namespace(
        policy="p.json", policy_type="identity", resource_type=None, fix=False,
        unsafe_fixes=False, yes=False,
    )  # fmt: skip
    for days, result, severity in ((100_000, "FAIL", "ERROR"), (0, "PASS", "NOTE")):
        analyzer = EmbeddedAnalyzer(EmbeddedSettings(service_data_days=days))
        answered = validate(arguments)(analyzer)
        assert answered.answer.result == result
        assert [item.severity for item in answered.findings] == [severity]

        stream = io.StringIO()
        data = date(2026, 1, 2)
        write_console(CheckAnswer("c", "embedded", "r", data, *answered[:2]), stream)
        assert f"{severity} INVALID_ACTION" in stream.getvalue()
        assert ("days old" in stream.getvalue()) == (severity == "NOTE")
