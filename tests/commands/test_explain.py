"""`policy-gate explain`: what the code of a finding means."""

from __future__ import annotations

import pytest

from policy_gate.accepting.waiver_findings import EXPIRED, INVALID, UNUSED
from policy_gate.changes.results import CODE as NEW_ACCESS
from policy_gate.disagreement import CODE as DISAGREEMENT
from policy_gate.explanations import explanations, similar_codes
from policy_gate.linting.rules import RULES
from tests.command_line import gate


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("code", sorted(explanations()))
def test_every_code_is_explained(code: str) -> None:
    ran = gate("explain", code)
    page = explanations()[code]
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(f"{code}  {page.severity} of {page.check}\n")
    for part in (page.what, f"Why is this bad? {page.why}", f"Use instead: {page.instead}"):
        assert words(part) in words(ran.out)
    assert words(f"Fix: {page.fix}") in words(ran.out)
    assert page.link in ran.out
    assert max(map(len, ran.out.splitlines())) < 500


def test_every_rule_and_every_check_has_a_page() -> None:
    codes = explanations()
    assert {DISAGREEMENT, EXPIRED, INVALID, UNUSED, NEW_ACCESS} < codes.keys()
    assert {rule.code for rule in RULES} < codes.keys()
    checks = {page.check for page in codes.values()}
    assert checks >= {
        "validate-policy",
        "no-new-access",
        "no-public-access",
        "access-not-granted",
    }


@pytest.mark.parametrize(
    ("code", "fixed"),
    [
        ("REDUNDANT_ACTION", "safe"),
        ("INVALID_ACTION", "unsafe"),
        ("DATA_TYPE_MISMATCH", "sometimes"),
        ("PASS_ROLE_WITH_STAR_IN_RESOURCE", "no"),
    ],
)
def test_a_page_says_what_fix_does(code: str, fixed: str) -> None:
    assert explanations()[code].fixed == fixed


@pytest.mark.parametrize("spelling", ["redundant-action", " Redundant_Action", "REDUNDANT-action"])
def test_codes_are_taken_in_any_case(spelling: str) -> None:
    assert gate("explain", spelling).out.startswith("REDUNDANT_ACTION  ")


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("REDUNDANT_ACTIONS", "did you mean REDUNDANT_ACTION"),
        ("null_with", "did you mean NULL_WITH_IF_EXISTS or NULL_WITH_QUALIFIER?"),
        ("xyzzy", "error: no finding has the code 'xyzzy'\n"),
        ("", "error: no finding has the code ''\n"),
        ("\x1b[31m", "error: no finding has the code '\\x1b[31m'\n"),
    ],
)
def test_an_unknown_code_is_wrong_usage(code: str, hint: str) -> None:
    ran = gate("explain", code)
    assert (ran.status, ran.out) == (64, "")
    assert hint in ran.err


def test_a_part_of_many_codes_names_a_few() -> None:
    assert len(similar_codes("POLICY")) == 5


def test_without_a_code_all_are_listed() -> None:
    ran = gate("explain")
    assert ran.status == 0
    assert [line.split() for line in ran.out.splitlines()] == [
        [page.severity, code] for code, page in sorted(explanations().items())
    ]
