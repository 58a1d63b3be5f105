from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from policy_gate.model import GateReport, Status
from tests.properties import examples
from tests.reporters.hostile import printed
from tests.reporters.reports import (
    NOT_ANALYSED,
    UNAVAILABLE,
    UNDECIDED,
    failed_report,
    passed_report,
    undecided_report,
)
from tests.reporters.strategies import reports

SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string"},
            "check_name": {"type": "string"},
            "fingerprint": {"type": "string"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "not": {"pattern": r"^(\./|/)"}},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
"""What https://docs.gitlab.com/ci/testing/code_quality/ asks for."""


def issues(report: GateReport) -> Any:
    return json.loads(printed("codequality", report))


@examples(40)
@given(reports)
def test_any_report_is_what_gitlab_reads(report: GateReport) -> None:
    found = issues(report)
    Draft202012Validator(SCHEMA).validate(found)
    fingerprints = [issue["fingerprint"] for issue in found]
    assert len(set(fingerprints)) == len(fingerprints)


@pytest.mark.usefixtures("_in_repository")
def test_paths_begin_at_the_root_of_the_repository() -> None:
    assert issues(failed_report())[0]["location"] == {
        "path": "infra/role.yaml",
        "lines": {"begin": 30},
    }


def test_what_blocks_is_a_blocker() -> None:
    severities = [issue["severity"] for issue in issues(failed_report())]
    assert severities == ["blocker", "blocker", "blocker", "minor"]


def test_results_without_an_answer_are_shown() -> None:
    found = issues(undecided_report(Status.FAILED, 2, UNDECIDED, NOT_ANALYSED, UNAVAILABLE))
    assert {issue["check_name"]: issue["severity"] for issue in found} == {
        "UNKNOWN": "blocker",
        "NOT_ANALYSED": "blocker",
        "DOCUMENT_UNAVAILABLE": "info",
    }


def test_a_pass_has_none() -> None:
    assert issues(passed_report()) == []
