from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

import pytest

from policy_gate.model import Coverage, GateReport, Status
from policy_gate.reporters.annotations import MOST_PER_LEVEL, workflow_commands
from tests.reporters.hostile import HOSTILE, hostile_report
from tests.reporters.reports import (
    DELETE_TABLE,
    INLINE,
    INLINE_AT,
    SUGGESTION,
    failed_report,
    fails,
    passed_report,
    report,
    span,
)

pytestmark = pytest.mark.usefixtures("_in_repository")


def read(command: str) -> tuple[str, dict[str, str], str]:
    """A command as a runner reads it: ActionCommand.cs (TryParseV2)."""
    match = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", command)
    assert match, command
    pairs = (pair.split("=", 1) for pair in match[2].split(","))
    return match[1], {name: unquote(value) for name, value in pairs}, unquote(match[3])


def many(errors: int, notices: int) -> GateReport:
    """A report with this many problems."""
    findings = [replace(DELETE_TABLE, fingerprint=f"e{number}") for number in range(errors)]
    findings += [replace(SUGGESTION, fingerprint=f"n{number}") for number in range(notices)]
    results = [fails(INLINE, INLINE_AT, "access-not-granted", *findings)]
    return report(Status.FAILED, 2, results, Coverage(found=1, checked=1, failed=1))


def test_a_finding_stands_at_its_line_with_its_witness_and_fix() -> None:
    level, properties, message = read(workflow_commands(failed_report())[0])
    assert level == "error"
    assert properties == {
        "title": "policy-gate: ACCESS_GRANTED",
        "file": "infra/role.yaml",
        "line": "30",
        "endLine": "30",
        "col": "21",
        "endColumn": "37",
    }
    lines = message.split("\n")
    assert lines[0] == DELETE_TABLE.message
    assert lines[1].startswith("Witness: The identity can call dynamodb:DeleteTable on arn:")
    assert lines[2].startswith("Fix: ")


def test_a_range_of_lines_has_no_columns() -> None:
    _, properties, _ = read(workflow_commands(failed_report())[1])
    assert (properties["line"], properties["endLine"]) == ("32", "40")
    assert "col" not in properties


def test_a_pass_has_none() -> None:
    assert workflow_commands(passed_report()) == []


def test_what_github_would_drop_is_counted() -> None:
    commands = [read(command) for command in workflow_commands(many(25, 10))]
    levels = [level for level, _, _ in commands]
    assert levels == ["error"] * MOST_PER_LEVEL + ["notice"] * MOST_PER_LEVEL
    assert commands[9][2].startswith("16 more errors")
    assert commands[19][1]["title"] == "policy-gate: MISSING_VERSION"


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_forges_a_command_or_a_property(name: str) -> None:
    commands = workflow_commands(hostile_report(HOSTILE[name]))
    assert len(commands) == 5
    for command in commands:
        assert "\n" not in command
        assert "\r" not in command
        assert len(command) < 60_000
        _, properties, _ = read(command)
        assert set(properties) <= {"title", "file", "line", "endLine", "col", "endColumn"}


def test_a_file_outside_of_the_repository_is_no_absolute_path() -> None:
    finding = replace(DELETE_TABLE, locations=(span(3, 1, 4, "/tmp/plans/plan.json"),))
    results = [fails(INLINE, INLINE_AT, "access-not-granted", finding)]
    shown = report(Status.FAILED, 2, results, Coverage(found=1, checked=1, failed=1))
    assert read(workflow_commands(shown)[0])[1]["file"] == "external/plan.json"
