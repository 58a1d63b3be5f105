from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from junitparser import JUnitXml

from policy_gate.model import Coverage, GateReport, Status
from tests.properties import examples
from tests.reporters.hostile import HOSTILE, hostile_report, printed
from tests.reporters.reports import (
    NOT_ANALYSED,
    NOT_APPLICABLE,
    THROTTLED,
    UNAVAILABLE,
    UNDECIDED,
    failed_report,
    passed_report,
    report,
    undecided_report,
)
from tests.reporters.strategies import reports

BUCKET_POLICY = "DataPolicy / PolicyDocument (AWS::S3::BucketPolicy, resource policy)"


def cases(shown: GateReport) -> list[tuple[str, str]]:
    """Each test case and its outcome, in the order of the file."""
    root = ElementTree.fromstring(printed("junit", shown))
    outcomes = ("failure", "error", "skipped")
    return [
        (
            case.attrib["name"],
            next((name for name in outcomes if case.find(name) is not None), "passed"),
        )
        for case in root.iter("testcase")
    ]


def outcomes(shown: GateReport) -> list[str]:
    return [outcome for _, outcome in cases(shown)]


@examples(40)
@given(reports)
def test_any_report_is_xml_that_counts_right(shown: GateReport) -> None:
    text = printed("junit", shown)
    assert text.isascii()
    found = cases(shown)
    xml = JUnitXml.fromstring(text.encode())
    assert xml.tests == len(found) > 0 or not shown.results
    assert xml.failures == [outcome for _, outcome in found].count("failure")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_add_no_case(name: str) -> None:
    assert len(cases(hostile_report(HOSTILE[name]))) == 5


@pytest.mark.usefixtures("_in_repository")
def test_one_case_for_each_policy_and_check_what_fails_first() -> None:
    assert cases(failed_report())[:4] == [
        ("AppRole / app (AWS::IAM::Role, identity policy): access-not-granted", "failure"),
        ("AppRole / app (AWS::IAM::Role, identity policy): no-new-access (perimeter)", "failure"),
        (f"{BUCKET_POLICY}: no-public-access", "failure"),
        (
            "AppRole / AssumeRolePolicyDocument (AWS::IAM::Role, trust policy): validate-policy",
            "passed",
        ),
    ]
    root = ElementTree.fromstring(printed("junit", failed_report()))
    case = next(root.iter("testcase"))
    assert case.attrib["file"] == case.attrib["classname"] == "infra/role.yaml"
    failure = case.find("failure")
    assert failure is not None
    assert failure.text
    assert "At: role.yaml:30:21\n" in failure.text
    assert "Witness: The identity can call dynamodb:DeleteTable" in failure.text


def test_only_a_pass_passes() -> None:
    shown = undecided_report(Status.FAILED, 2, UNDECIDED, NOT_ANALYSED, THROTTLED, UNAVAILABLE)
    assert sorted(outcomes(shown)) == ["error", "failure", "failure", "passed", "skipped"]
    blocking = replace(UNAVAILABLE, blocking=True)
    assert "failure" in outcomes(undecided_report(Status.FAILED, 2, blocking))


def test_what_the_configuration_lets_pass_is_skipped_and_says_so() -> None:
    shown = undecided_report(Status.PASSED, 0, replace(UNDECIDED, blocking=False), NOT_APPLICABLE)
    assert sorted(outcomes(shown)) == ["passed", "skipped", "skipped"]
    assert "UNKNOWN: The Condition" in printed("junit", shown)


def test_findings_of_a_pass_are_printed_output() -> None:
    text = printed("junit", failed_report())
    assert "<system-out>SUGGESTION MISSING_VERSION (does not block):" in text


@pytest.mark.parametrize(("exit_status", "outcome"), [(3, "failure"), (0, "skipped")])
def test_nothing_to_check_is_no_empty_success(exit_status: int, outcome: str) -> None:
    assert outcomes(report(Status.EMPTY, exit_status, [], Coverage())) == [outcome]


def test_a_pass_has_only_passes() -> None:
    assert set(outcomes(passed_report())) == {"passed", "skipped"}
