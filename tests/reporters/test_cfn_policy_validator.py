from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from cfn_policy_validator.validation.findings import Findings
from cfn_policy_validator.validation.reporter import Reporter
from hypothesis import given

from policy_gate.model import Coverage, GateReport, Severity, Status
from tests.properties import examples
from tests.reporters.hostile import printed
from tests.reporters.reports import (
    BUCKET,
    BUCKET_AT,
    DELETE_TABLE,
    INLINE,
    INLINE_AT,
    NOT_ANALYSED,
    PUBLIC,
    TRUST,
    TRUST_AT,
    UNAVAILABLE,
    UNDECIDED,
    failed_report,
    fails,
    passed_report,
    report,
    undecided_report,
)
from tests.reporters.strategies import reports

GROUPS = ("BlockingFindings", "NonBlockingFindings")


def content(shown: GateReport) -> Any:
    return json.loads(printed("cfn-policy-validator", shown))


def theirs() -> Any:
    """What cfn-policy-validator itself makes of one finding of each kind."""
    findings = Findings()
    raw = {
        "findingType": "ERROR",
        "findingDetails": "m",
        "issueCode": "INVALID_ACTION",
        "learnMoreLink": "https://docs.aws.amazon.com",
        "locations": [{"path": [], "span": {}}],
    }
    findings.add_validation_finding([raw], "resource", "policy")
    answer = {
        "result": "FAIL",
        "message": "m",
        "reasons": [{"description": "d", "statementIndex": 0, "statementId": "s"}],
    }
    custom = {
        "findingType": "SECURITY_WARNING",
        "message": "m",
        "code": "policy-analysis-CheckNoNewAccess",
        "response": answer,
    }
    findings.add_policy_analysis_finding([custom], "resource", "policy", "CheckNoNewAccess")
    reporter = Reporter(None, ["ERROR", "SECURITY_WARNING"], None)
    return reporter.build_report_from(findings).to_json()


def ours() -> Any:
    validation = replace(
        DELETE_TABLE, code="INVALID_ACTION", help="https://docs.aws.amazon.com", fingerprint="v"
    )
    custom = replace(DELETE_TABLE, code="CHECK_NO_NEW_ACCESS", severity=Severity.SECURITY_WARNING)
    results = [fails(INLINE, INLINE_AT, "x", validation, custom)]
    return content(report(Status.FAILED, 2, results, Coverage(found=1, failed=1)))


def test_it_has_the_shape_of_the_original() -> None:
    original, found = theirs(), ours()
    assert found.keys() == original.keys() == set(GROUPS)
    for expected, actual in zip(
        original["BlockingFindings"], found["BlockingFindings"], strict=True
    ):
        assert list(actual) == list(expected)
        assert actual["details"].keys() == expected["details"].keys()
        assert actual["code"] == expected["code"]
        assert actual["findingType"] == expected["findingType"]
    reason = found["BlockingFindings"][1]["details"]["reasons"][0]
    assert reason.keys() == {"description", "statementIndex", "statementId"}
    assert "Witness: The identity can call dynamodb:DeleteTable on arn:" in reason["description"]


@examples(40)
@given(reports)
def test_any_report_has_findings_of_its_four_types_only(shown: GateReport) -> None:
    found = content(shown)
    for finding in [*found["BlockingFindings"], *found["NonBlockingFindings"]]:
        assert finding["findingType"] in {"ERROR", "SECURITY_WARNING", "WARNING", "SUGGESTION"}


def test_what_blocks_is_told_apart() -> None:
    found = content(failed_report())
    assert [len(found[group]) for group in GROUPS] == [3, 1]
    assert content(passed_report()) == {group: [] for group in GROUPS}


def test_results_without_an_answer_are_findings() -> None:
    found = content(undecided_report(Status.FAILED, 2, UNDECIDED, NOT_ANALYSED, UNAVAILABLE))
    assert [item["code"] for item in found["BlockingFindings"]] == ["UNKNOWN", "NOT_ANALYSED"]
    assert [item["code"] for item in found["NonBlockingFindings"]] == ["DOCUMENT_UNAVAILABLE"]


@pytest.mark.parametrize(
    ("identity", "name"), [(TRUST, "TrustPolicy"), (INLINE, "app"), (BUCKET, "BucketPolicy")]
)
def test_policies_have_its_names(identity: Any, name: str) -> None:
    place = TRUST_AT if identity is TRUST else BUCKET_AT
    results = [fails(identity, place, "x", PUBLIC)]
    found = content(report(Status.FAILED, 2, results, Coverage(found=1, failed=1)))
    finding = found["BlockingFindings"][0]
    assert (finding["resourceName"], finding["policyName"]) == (identity.resource_address, name)
