"""What was accepted before is in every format, marked, and turns nothing red."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from junitparser import JUnitXml

from policy_gate.model import CheckResult, Coverage, Severity, Status, Verdict
from policy_gate.reporters.annotations import workflow_commands
from policy_gate.reporters.html import html_page
from policy_gate.reporters.markdown import MarkdownReporter
from policy_gate.reporters.markdown_template import MarkdownTemplate
from policy_gate.reporters.registry import REPORTERS
from tests.reporters.accepted import accepted_report, expired_report, waived_finding, waiver
from tests.reporters.hostile import HOSTILE, hostile_report, printed
from tests.reporters.reports import INLINE, INLINE_AT, PUBLIC, fails, report
from tests.reporters.test_hostile import assert_harmless
from tests.reporters.test_html import CHROMIUM, browse, page, shown_items
from tests.reporters.test_sarif import SCHEMA


def results() -> list[dict[str, Any]]:
    log = json.loads(printed("sarif", accepted_report()))
    jsonschema.Draft7Validator(SCHEMA).validate(log)
    found: list[dict[str, Any]] = log["runs"][0]["results"]
    return found


@pytest.mark.parametrize("kind", REPORTERS)
def test_each_format_names_it_and_who_accepted_it_until_when(kind: str) -> None:
    text = printed(kind, accepted_report()).replace("\n", " ")
    for part in ("dynamodb:DeleteTable", "2026-12-31", "alice", "SEC-123", "NEW"):
        assert part in text, part
    assert "in the baseline" in text or '"known": true' in text


def test_sarif_suppresses_it() -> None:
    states = [(item["suppressions"], item.get("baselineState")) for item in results()]
    waived = "is being replaced; alice; SEC-123; until 2026-12-31"
    told = [(item["justification"], state) for (item,), state in states]
    assert sorted(told, key=str) == [
        ("in the baseline", "unchanged"),
        ("in the baseline", "unchanged"),
        (waived, None),
        (waived, None),
    ]
    assert {(item["kind"], item["status"]) for (item,), _ in states} == {("external", "accepted")}


def test_code_scanning_fails_no_pull_request_for_it() -> None:
    assert {item["level"] for item in results()} == {"note"}
    run = json.loads(printed("sarif", accepted_report()))["runs"][0]
    for rule in run["tool"]["driver"]["rules"]:
        assert float(rule["properties"]["security-severity"]) < 4.0
        assert rule["defaultConfiguration"]["level"] == "note"


def test_what_is_open_has_no_suppression() -> None:
    run = json.loads(printed("sarif", expired_report()))["runs"][0]
    shown = {item["ruleId"]: item for item in run["results"] if item["level"] == "error"}
    assert shown.keys() == {"PUBLIC_ACCESS", "WAIVER_EXPIRED"}
    assert not any("suppressions" in item for item in shown.values())


def test_junit_fails_for_none_of_it() -> None:
    suites = JUnitXml.fromstring(printed("junit", accepted_report()).encode())
    assert (suites.failures, suites.errors, suites.skipped) == (0, 0, 2)
    text = printed("junit", accepted_report())
    assert "ERROR ACCESS_GRANTED (waived): " in text
    assert "Waived: by alice until 2026-12-31: is being replaced (SEC-123)" in text
    assert "ERROR NEW_ACCESS (in the baseline): " in text


def test_a_failure_of_junit_is_about_what_blocks() -> None:
    shown = report(
        Status.FAILED,
        2,
        [fails(INLINE, INLINE_AT, "a", waived_finding(), PUBLIC)],
        Coverage(found=1, checked=1, failed=1),
    )
    case = next(iter(next(iter(JUnitXml.fromstring(printed("junit", shown).encode())))))
    assert [outcome.message for outcome in case.result] == [PUBLIC.message]


def test_code_quality_informs() -> None:
    issues = json.loads(printed("codequality", accepted_report()))
    assert {issue["severity"] for issue in issues} == {"info"}
    assert "(waived by alice until 2026-12-31: is being replaced" in issues[-1][
        "description"
    ] + str(issues)


def test_concise_notes_it_and_the_problem_matcher_lets_it_be() -> None:
    *lines, outcome = printed("concise", accepted_report()).splitlines()
    assert all(": note " in line for line in lines)
    assert len(lines) == 4
    assert outcome.startswith("PASSED: ")
    assert "2 waived" in outcome


def test_cfn_policy_validator_does_not_block() -> None:
    shown = json.loads(printed("cfn-policy-validator", accepted_report()))
    assert shown["BlockingFindings"] == []
    assert len(shown["NonBlockingFindings"]) == 4
    assert all(
        "(waived by " in item["message"] or "(in the baseline)" in item["message"]
        for item in shown["NonBlockingFindings"]
    )


def test_annotations_leave_it_out() -> None:
    assert workflow_commands(accepted_report()) == []
    assert len(workflow_commands(expired_report())) == 2


def test_html_can_filter_it() -> None:
    read = page(accepted_report())
    rows = [given for tag, given in read.elements if tag == "tr" and "class" in given]
    assert [row["data-accepted"] for row in rows] == [
        "waived",
        "in the baseline",
        "in the baseline",
        "waived",
        "",
    ]
    values = [given["value"] for tag, given in read.elements if tag == "option"]
    assert {"waived", "in the baseline"} <= set(values)
    assert not [tag for tag, _ in read.elements if tag == "article"]
    assert "2 old, 0 new, 1 fixed (baseline.json)" in read.text


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")
@pytest.mark.parametrize(
    ("fragment", "shown", "is_open"),
    [("", 7, False), ("#accepted=waived", 2, True), ("#accepted=no", 2, False)],
)
def test_a_browser_opens_the_section_for_what_is_chosen(
    fragment: str, shown: int, is_open: bool, tmp_path: Path
) -> None:
    file = tmp_path / "gate.html"
    file.write_text(printed("html", expired_report()), encoding="utf-8")
    read, complaints = browse(file, fragment)
    assert complaints == ""
    assert len(shown_items(read)) == shown
    assert [("open" in given) for tag, given in read.elements if tag == "details"] == [is_open]


def test_html_cuts_what_was_accepted_first() -> None:
    text = html_page(expired_report(), 3_500)
    assert "PUBLIC_ACCESS" in text
    assert "accepted." in text.partition("Left out, as the least severe: ")[2][:40]


def test_a_finding_that_blocks_in_spite_of_a_waiver_is_shown_as_blocking() -> None:
    finding = replace(PUBLIC, waiver=waiver(), known=True)
    shown = report(Status.FAILED, 2, [fails(INLINE, INLINE_AT, "a", finding)], Coverage(found=1))
    assert ": error PUBLIC_ACCESS " in printed("concise", shown)
    assert json.loads(printed("codequality", shown))[0]["severity"] == "blocker"
    assert "suppressions" not in printed("sarif", shown)


def test_an_error_is_never_taken_for_accepted() -> None:
    result = CheckResult(INLINE, "a", Verdict.ERROR, message="no answer", waiver=waiver())
    shown = report(Status.ERROR, 1, [result], Coverage(found=1))
    assert ": warning ERROR " in printed("concise", shown)


def test_templates_of_teams_have_it() -> None:
    text = (
        "{% for item in accepted %}{{ item.code }};{{ item.owner }};{{ item.until }};"
        "{{ item.ticket }};{{ item.reason }};{{ item.waived_at | code }}\n{% endfor %}"
        "{{ baseline }} {{ waived }} {{ problems | length }}\n"
    )
    stream = StringIO()
    MarkdownReporter(MarkdownTemplate(text, "team.md.j2")).write(accepted_report(), stream)
    *rows, last = stream.getvalue().splitlines()
    told = ";alice;2026-12-31;SEC-123;is being replaced;`.policy-gate/waivers.yml:2`"
    assert sum(row.endswith(told) for row in rows) == 2
    assert last.endswith("1 fixed (baseline.json) 2 0")


def test_a_suggestion_that_is_waived_is_no_suggestion_any_more() -> None:
    finding = replace(waived_finding(), severity=Severity.SUGGESTION)
    result = replace(fails(INLINE, INLINE_AT, "a", finding), verdict=Verdict.PASS, blocking=False)
    shown = report(Status.PASSED, 0, [result], Coverage(found=1, passed=1))
    assert json.loads(printed("codequality", shown))[0]["severity"] == "info"


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", REPORTERS)
def test_a_hostile_text_stays_text(kind: str, name: str) -> None:
    text = printed(kind, expired_report(HOSTILE[name]))
    assert_harmless(kind, text)
    assert len(text) < 600_000 or kind in {"json", "console"}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_adds_no_element_and_no_cell(name: str) -> None:
    plain, read = page(expired_report("plain")), page(expired_report(HOSTILE[name]))
    assert {**read.count(), "option": 0} == {**plain.count(), "option": 0}
    rows = [
        line
        for line in printed("markdown", expired_report(HOSTILE[name])).splitlines()
        if line.startswith("| ")
    ]
    assert len(rows) == 6
    for row in rows[2:]:
        assert row.replace("\\\\", "").replace("\\|", "").count("|") == 6


def test_reports_without_any_are_as_before() -> None:
    for kind in ("markdown", "html"):
        assert "What was accepted before" not in printed(kind, hostile_report("plain"))
