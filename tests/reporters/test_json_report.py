from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

from hypothesis import given
from jsonschema import Draft202012Validator

from policy_gate import reporters
from policy_gate.model import GateReport, Status
from policy_gate.reporters.registry import find_reporter
from tests.properties import examples
from tests.reporters.reports import (
    UNAVAILABLE,
    failed_report,
    passed_report,
    undecided_report,
)
from tests.reporters.strategies import reports

SCHEMA = json.loads(
    Path(reporters.__file__).with_name("gate-report.schema.json").read_text(encoding="utf-8")
)


def text_of(report: GateReport) -> str:
    stream = StringIO()
    find_reporter("json").write(report, stream)
    return stream.getvalue()


def object_of(report: GateReport) -> Any:
    return json.loads(text_of(report))


def test_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@examples(40)
@given(reports)
def test_any_report_is_ascii_json_that_the_schema_describes(report: GateReport) -> None:
    text = text_of(report)
    assert text.isascii()
    assert text.endswith("}\n")
    Draft202012Validator(SCHEMA).validate(json.loads(text))


@examples(40)
@given(reports)
def test_texts_come_back_unchanged(report: GateReport) -> None:
    printed = object_of(report)
    assert printed["notes"] == list(report.notes)
    assert [result["message"] for result in printed["results"]] == [
        result.message for result in report.results
    ]


@examples(40)
@given(reports)
def test_no_line_is_a_command_to_a_ci_runner(report: GateReport) -> None:
    text = text_of(report)
    assert "##[" not in text
    assert "##vso[" not in text
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())


def test_schema_refuses_what_it_does_not_describe() -> None:
    printed = object_of(failed_report())
    validator = Draft202012Validator(SCHEMA)
    assert validator.is_valid(printed)
    for change in ({"more": 1}, {"status": "green"}, {"exit_status": 64}, {"results": None}):
        assert not validator.is_valid({**printed, **change})
    printed["results"][0]["reason"] = "not-applicable"
    assert not validator.is_valid(printed)


def test_a_failed_report() -> None:
    printed = object_of(failed_report())
    assert (printed["schema_version"], printed["status"], printed["exit_status"]) == (
        "1.0",
        "failed",
        2,
    )
    result = next(one for one in printed["results"] if one["check"] == "access-not-granted")
    assert result["policy"] == {
        "file": "role.yaml",
        "resource_address": "AppRole",
        "resource_type": "AWS::IAM::Role",
        "policy_name": "app",
        "kind": "IDENTITY",
    }
    finding = result["findings"][0]
    assert finding["locations"] == [
        {"path": "role.yaml", "line": 30, "column": 21, "end_line": 30, "end_column": 37}
    ]
    assert finding["witness"] == {
        "principal": None,
        "action": "dynamodb:DeleteTable",
        "resource": "arn:aws:dynamodb:us-east-1:111122223333:table/orders",
        "context": {},
    }
    assert finding["assumptions"][0]["kind"] == "supplied-from-outside"


def test_coverage_names_every_reason() -> None:
    assert object_of(passed_report())["coverage"]["not_checked"] == {
        "not-applicable": 1,
        "not-analysed": 0,
        "document-unavailable": 0,
    }


def test_not_checked_has_its_reason() -> None:
    printed = object_of(undecided_report(Status.PASSED, 0, UNAVAILABLE))
    assert printed["results"][1]["verdict"] == "NOT_CHECKED"
    assert printed["results"][1]["reason"] == "document-unavailable"
