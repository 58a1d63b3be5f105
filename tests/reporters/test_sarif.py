from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from policy_gate.explanations import explanations
from policy_gate.model import Coverage, GateReport, Severity, Status
from policy_gate.reporters.sarif import SarifReporter, sarif_text
from tests.properties import examples
from tests.reporters.hostile import HOSTILE, hostile_report, printed
from tests.reporters.reports import (
    DELETE_TABLE,
    INLINE,
    INLINE_AT,
    NOT_ANALYSED,
    SUGGESTION,
    THROTTLED,
    UNAVAILABLE,
    UNDECIDED,
    failed_report,
    fails,
    passed_report,
    report,
    span,
    undecided_report,
)
from tests.reporters.strategies import reports

SCHEMA = json.loads(
    (Path(__file__).parent / "data" / "sarif-2.1.0.schema.json").read_text(encoding="utf-8")
)
"""The schema of OASIS, as the npm package @microsoft/sarif-multitool 5.7.0 carries it."""

VALIDATOR = Draft202012Validator(SCHEMA)

TABLE = "arn:aws:dynamodb:us-east-1:111122223333:table/orders"


def run_of(shown: GateReport) -> Any:
    log = json.loads(printed("sarif", shown))
    VALIDATOR.validate(log)
    return log["runs"][0]


def failing(*findings: Any) -> GateReport:
    results = [fails(INLINE, INLINE_AT, "access-not-granted", *findings)]
    return report(Status.FAILED, 2, results, Coverage(found=1, checked=1, failed=1))


def assert_github_takes(run: Any) -> None:
    """What code scanning asks for beyond the schema."""
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert len(rule["properties"]["tags"]) <= 10
        assert 0 < float(rule["properties"]["security-severity"]) <= 10
    fingerprints = set()
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uriBaseId"] == "%SRCROOT%"
        uri = place["artifactLocation"]["uri"]
        assert uri.isascii()
        assert not uri.startswith(("/", "file:", ".."))
        assert ":" not in uri
        assert place["region"]["startLine"] >= 1
        fingerprints.add(result["partialFingerprints"]["primaryLocationLineHash"])
    assert len(fingerprints) == len(run["results"])


@examples(40)  # the pages of all codes are made once
@given(reports)
def test_any_report_is_sarif_that_github_takes(shown: GateReport) -> None:
    assert_github_takes(run_of(shown))


def test_a_place_that_is_told_twice_is_related_once() -> None:
    shown = failed_report()
    results = tuple(
        replace(
            result,
            findings=tuple(
                replace(finding, locations=(*finding.locations, *finding.locations))
                for finding in result.findings
            ),
        )
        for result in shown.results
    )
    run = run_of(replace(shown, results=results))
    assert_github_takes(run)
    places = run["results"][0]["relatedLocations"]
    assert len(places) == len({json.dumps(place) for place in places}) > 0


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_stay_texts(name: str) -> None:
    run = run_of(hostile_report(HOSTILE[name]))
    assert_github_takes(run)
    assert len(run["results"]) == 5
    assert not any("](" in result["message"]["text"] for result in run["results"])


@pytest.mark.usefixtures("_in_repository")
def test_a_finding_has_its_place_from_the_root_of_the_repository() -> None:
    first = run_of(failed_report())["results"][0]
    assert (first["ruleId"], first["level"]) == ("ACCESS_GRANTED", "error")
    assert first["message"]["text"].split("\n")[:2] == [
        DELETE_TABLE.message,
        f"Witness: The identity can call dynamodb:DeleteTable on {TABLE}",
    ]
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "infra/role.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 30, "startColumn": 21, "endLine": 30, "endColumn": 37},
    }
    assert first["partialFingerprints"]["primaryLocationLineHash"] == "3c1f"


def test_no_machine_path_is_told() -> None:
    plan = replace(DELETE_TABLE, locations=(span(1, 1, 2, "/tmp/secret folder/plan.json"),))
    text = printed("sarif", failing(plan))
    assert "secret folder" not in text
    assert '"external/plan.json"' in text
    assert str(Path.cwd()) not in text


def test_columns_count_characters_and_it_says_so() -> None:
    assert run_of(failed_report())["columnKind"] == "unicodeCodePoints"


def test_rules_explain_themselves() -> None:
    codes = list(explanations())
    findings = [
        replace(DELETE_TABLE, code=code, fingerprint=code, severity=Severity(page.severity))
        for code, page in explanations().items()
    ]
    run = run_of(failing(*findings))
    assert_github_takes(run)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted(codes)
    assert all("**Why is this bad?**" in rule["help"]["markdown"] for rule in rules)
    # AWS says nothing about our waivers.
    linked = [rule for rule in rules if not rule["id"].startswith("WAIVER_")]
    assert all(rule["helpUri"].startswith("https://") for rule in linked)
    assert not any("]()" in rule["help"]["markdown"] for rule in rules)


def test_what_blocks_is_at_least_of_high_severity() -> None:
    blocking = replace(SUGGESTION, blocking=True)
    for finding, score in ((SUGGESTION, "2.0"), (blocking, "7.0")):
        rule = run_of(failing(finding))["tool"]["driver"]["rules"][0]
        assert rule["properties"]["security-severity"] == score


def test_results_without_an_answer_are_results() -> None:
    shown = undecided_report(Status.FAILED, 2, UNDECIDED, NOT_ANALYSED, THROTTLED, UNAVAILABLE)
    run = run_of(shown)
    assert {result["ruleId"]: result["level"] for result in run["results"]} == {
        "UNKNOWN": "error",
        "NOT_ANALYSED": "error",
        "ERROR": "error",
        "DOCUMENT_UNAVAILABLE": "note",
    }
    assert run["invocations"][0]["executionSuccessful"] is False


def test_unknown_that_is_only_reported_is_a_warning() -> None:
    shown = undecided_report(Status.PASSED, 0, replace(UNDECIDED, blocking=False))
    run = run_of(shown)
    assert [result["level"] for result in run["results"]] == ["warning"]
    assert run["invocations"][0]["executionSuccessful"] is True


def test_a_pass_has_no_results_and_its_notes_are_notifications() -> None:
    run = run_of(passed_report())
    assert run["results"] == []
    invocation = run["invocations"][0]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (True, 0)
    notes = [item["message"]["text"] for item in invocation["toolExecutionNotifications"]]
    assert notes == ["No configuration file: defaults apply."]


def test_nothing_to_check_is_a_notification() -> None:
    invocation = run_of(report(Status.EMPTY, 3, [], Coverage()))["invocations"][0]
    assert invocation["toolExecutionNotifications"][0]["level"] == "warning"
    assert invocation["exitCode"] == 3


def test_the_category_can_be_named() -> None:
    assert run_of(passed_report())["automationDetails"]["id"] == "policy-gate/"
    text = sarif_text(passed_report(), "policy-gate-prod")
    assert json.loads(text)["runs"][0]["automationDetails"]["id"] == "policy-gate-prod/"
    assert SarifReporter("x").category == "x"


def many(number: int) -> GateReport:
    findings = [
        replace(
            (DELETE_TABLE, SUGGESTION)[index % 2],
            fingerprint=f"{index:08}",
            locations=(span(1 + index, 1, 2),),
        )
        for index in range(number)
    ]
    return failing(*findings)


def test_too_many_results_are_cut_from_the_least_severe_and_counted() -> None:
    run = json.loads(sarif_text(many(40), most=30))["runs"][0]
    assert [result["level"] for result in run["results"]] == ["error"] * 20 + ["note"] * 10
    notification = run["invocations"][0]["toolExecutionNotifications"][-1]
    assert notification["level"] == "warning"
    assert notification["message"]["text"].startswith("10 results, the least severe, are left out")
    assert "10 notices" in notification["message"]["text"]


def test_a_cut_that_hides_what_blocks_is_an_error() -> None:
    run = json.loads(sarif_text(many(40), most=5))["runs"][0]
    notification = run["invocations"][0]["toolExecutionNotifications"][-1]
    assert notification["level"] == "error"
    assert "15 errors and 20 notices" in notification["message"]["text"]


def test_a_file_that_is_too_large_is_cut() -> None:
    text = sarif_text(many(400), most_bytes=4_000)
    run = json.loads(text)["runs"][0]
    assert len(gzip.compress(text.encode())) <= 4_000
    assert 20 < len(run["results"]) < 400
    assert run["invocations"][0]["toolExecutionNotifications"]


def test_many_locations_of_one_result_are_cut() -> None:
    places = tuple(span(line, 1, 2) for line in range(1, 1500))
    result = run_of(failing(replace(DELETE_TABLE, locations=places)))["results"][0]
    assert len(result["locations"]) == 1
    assert len(result["relatedLocations"]) == 100
