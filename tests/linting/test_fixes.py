"""Fixes of all rules: they mend their finding, do no harm, and the safe ones change no meaning."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_gate.linting.edits import Edit
from policy_gate.linting.fix import Fix
from policy_gate.linting.fixes import apply, compatible, fix_of, fixes_of
from policy_gate.linting.interface import PathElement, Position, ValidatePolicyFinding
from policy_gate.linting.rule import Rule
from policy_gate.linting.rules import RULES
from policy_gate.linting.validate import kind_of, validate_policy
from policy_gate.linting.view import view_policy
from policy_gate.reasoning.answer import PolicyDocumentError
from policy_gate.reasoning.checks import check_no_new_access
from policy_gate.reasoning.document import PolicyType
from tests.linting.faulty_policies import faulty_text
from tests.linting.grammar import POLICIES, mutated_examples
from tests.linting.test_rules import API_NAMES
from tests.properties import examples

FIXED_RULES = [rule for rule in RULES if rule.fix]
WITHOUT_FIX_OF_EXAMPLE = {
    "DATA_TYPE_MISMATCH", "EMPTY_ARRAY_ACTION", "EMPTY_ARRAY_PRINCIPAL", "EMPTY_ARRAY_RESOURCE",
    "EMPTY_OBJECT_PRINCIPAL", "INVALID_CONDITION_MULTIPLE_BOOLEAN", "INVALID_PARTITION",
    "INVALID_POLICY_ELEMENT", "INVALID_SERVICE", "INVALID_SERVICE_IN_ACTION", "INVALID_VPC_FORMAT",
    "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION", "TYPE_MISMATCH_STRING",
}  # fmt: skip
"""What is meant by these examples is open. Other findings of these rules have a fix."""

PRINCIPAL_IN_CONDITION = "RCP_SYNTAX_ERROR_PRINCIPAL"
ApiName = tuple[str, str | None]
POLICY_TYPES: tuple[ApiName, ...] = (
    ("IDENTITY_POLICY", None),
    ("RESOURCE_POLICY", None),
    ("RESOURCE_POLICY", "AWS::S3::Bucket"),
    ("RESOURCE_POLICY", "AWS::IAM::AssumeRolePolicyDocument"),
    ("SERVICE_CONTROL_POLICY", None),
    ("RESOURCE_CONTROL_POLICY", None),
)


def findings_of(text: str, name: ApiName) -> list[ValidatePolicyFinding]:
    return validate_policy(text, *name, approximate=True)


def codes_of(text: str, name: ApiName) -> Counter[str]:
    return Counter(finding["issueCode"] for finding in findings_of(text, name))


def fixes_in(text: str, name: ApiName) -> list[tuple[str, Fix]]:
    """Code and fix of each finding that has a fix."""
    policy = view_policy(text, kind_of(*name), name[1])
    findings = findings_of(text, name)
    pairs = zip(findings, fixes_of(policy, findings), strict=True)
    return [(finding["issueCode"], fix) for finding, fix in pairs if fix]


def mended(text: str, name: ApiName, *, unsafe: bool) -> str:
    """The text after round upon round of fixes, until none is left."""
    for _ in range(50):
        fixes = [fix for _, fix in fixes_in(text, name) if fix.safe or unsafe]
        if not fixes:
            return text
        after = apply(text, fixes)
        assert after != text
        text = after
    raise AssertionError(f"fixes without an end: {text}")


def name_of(rule: Rule) -> ApiName:
    policy_type, implied = API_NAMES[rule.kinds[0]]
    return policy_type, rule.resource_type or implied


@pytest.mark.parametrize("rule", FIXED_RULES, ids=lambda rule: rule.code)
def test_the_fix_of_the_bad_example_mends_it(rule: Rule) -> None:
    name = name_of(rule)
    fixes = [fix for code, fix in fixes_in(rule.bad, name) if code == rule.code]
    assert (not fixes) is (rule.code in WITHOUT_FIX_OF_EXAMPLE)
    for fix in fixes:
        assert fix.description.isascii()
        assert fix.description.endswith(".")
        assert fix.advice.endswith("." if fix.safe else "check it.")
        left = codes_of(apply(rule.bad, [fix]), name)
        if rule.code == PRINCIPAL_IN_CONDITION:
            assert list(left) == ["RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY"]
        else:
            assert not left


@pytest.mark.parametrize("rule", FIXED_RULES, ids=lambda rule: rule.code)
def test_the_good_example_has_nothing_to_mend(rule: Rule) -> None:
    assert mended(rule.good, name_of(rule), unsafe=True) == rule.good


PATHS: list[list[PathElement]] = [
    [],
    [{"value": "Statement"}, {"index": 7}],
    [{"value": "Statement"}, {"index": 0}, {"value": "Condition"}, {"key": "Nothing"}],
]


def reported(code: str, *paths: list[PathElement]) -> ValidatePolicyFinding:
    """What AWS might report, at the beginning of the text."""
    start: Position = {"line": 1, "column": 0, "offset": 0}
    return {
        "findingDetails": "",
        "findingType": "ERROR",
        "issueCode": code,
        "learnMoreLink": "",
        "locations": [{"path": path, "span": {"start": start, "end": start}} for path in paths],
    }


@pytest.mark.parametrize("rule", FIXED_RULES, ids=lambda rule: rule.code)
def test_what_another_analyzer_reports_is_no_trouble(rule: Rule) -> None:
    policy = view_policy(rule.good, rule.kinds[0], rule.resource_type)
    for path in PATHS:
        fix = fix_of(policy, reported(rule.code, path))
        assert fix is None or json.loads(apply(rule.good, [fix]))
    assert fix_of(policy, reported(rule.code)) is None
    assert fix_of(policy, reported("NEW_CHECK", PATHS[0])) is None


def fix(*edits: tuple[int, int, str]) -> Fix:
    return Fix("Do.", tuple(Edit(*edit) for edit in edits), safe=True)


def test_of_fixes_that_touch_the_first_is_applied() -> None:
    first, same, apart = fix((0, 2, "x")), fix((1, 3, "y")), fix((3, 4, "z"))
    assert compatible([apart, same, first]) == [first, apart]
    assert apply("abcd", [apart, same, first]) == "xcz"
    wide = fix((0, 1, ""), (3, 4, ""))
    assert compatible([wide, apart]) == [wide]
    assert compatible([fix((2, 2, "i")), same, fix((2, 2, "j"))]) == [same]


def test_fixes_of_the_first_findings_are_enough() -> None:
    actions = ",".join(f'"s3:GetObjekt{index}"' for index in range(250))
    text = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Resource":"*","Action":'
    text = f"{text}[{actions}]}}}}"
    findings = findings_of(text, POLICY_TYPES[0])
    found = fixes_of(view_policy(text, kind_of("IDENTITY_POLICY", None)), findings)
    assert len(found) == len(findings) > 200
    assert found[0]
    assert not any(found[200:])


def assert_no_harm(text: str, name: ApiName) -> None:
    """Each fix leaves a policy with fewer findings of its code, and without new errors."""
    before = codes_of(text, name)
    for code, fix in fixes_in(text, name):
        after = codes_of(apply(text, [fix]), name)
        # Of resources, only those go that are covered where wildcards stop at colons.
        fewer = after[code] < before[code] or code == "REDUNDANT_RESOURCE"
        assert fewer, (code, fix, text)
        assert "JSON_SYNTAX_ERROR" not in after
        if code not in REVEALING:
            new = ERRORS & after.keys() - before.keys()
            assert not new, (code, new, fix, text)


# A key whose name is mended may be one that the actions lack.
ERRORS = {rule.code for rule in RULES if rule.finding_type == "ERROR"} - {
    "UNSUPPORTED_ACTION_FOR_CONDITION_KEY"
}
REVEALING = {
    "DATA_TYPE_MISMATCH", "INVALID_EFFECT", "INVALID_POLICY_ELEMENT", "INVALID_PRINCIPAL_FORMAT",
    "INVALID_PRINCIPAL_KEY", "JSON_SYNTAX_ERROR",
}  # fmt: skip
"""Rules look at what was no element, or of another type, only when that is mended."""


@pytest.mark.parametrize("block", range(10))
def test_fixes_of_faulty_policies_do_no_harm(block: int) -> None:
    for seed in range(block * 20, block * 20 + 20):
        principals = seed % 2 == 1
        name = POLICY_TYPES[1 if principals else 0]
        text = faulty_text(seed, principals=principals, refused=seed % 3 == 0)
        assert_no_harm(text, name)
        after = mended(text, name, unsafe=True)
        assert mended(after, name, unsafe=True) == after


def kept(before: str, after: str, policy_type: PolicyType) -> str:
    """What the engine says of both directions; documents that it does not take mean nothing."""
    results = []
    for new, existing in ((before, after), (after, before)):
        try:
            results.append(check_no_new_access(new, existing, policy_type).result)
        except PolicyDocumentError:
            return "REFUSED"
    return "FAIL" if "FAIL" in results else "UNKNOWN" if "UNKNOWN" in results else "PASS"


@pytest.mark.parametrize("block", range(15))
def test_safe_fixes_of_faulty_policies_change_no_meaning(block: int) -> None:
    results: Counter[str] = Counter()
    for seed in range(block * 20, block * 20 + 20):
        principals = seed % 2 == 1
        policy_type: PolicyType = "RESOURCE_POLICY" if principals else "IDENTITY_POLICY"
        text = faulty_text(seed, principals=principals, refused=False)
        after = mended(text, (policy_type, None), unsafe=False)
        result = kept(text, after, policy_type)
        assert result != "FAIL", (text, after)
        results[result] += after != text
    assert results["PASS"] > 5


@examples(60)
@given(POLICIES.map(json.dumps) | mutated_examples(), st.booleans())
def test_safe_fixes_change_no_meaning(text: str, principals: bool) -> None:
    policy_type: PolicyType = "RESOURCE_POLICY" if principals else "IDENTITY_POLICY"
    after = mended(text, (policy_type, None), unsafe=False)
    assert kept(text, after, policy_type) != "FAIL"


@examples(60)
@given(POLICIES.map(json.dumps) | mutated_examples(), st.sampled_from(POLICY_TYPES))
def test_fixes_come_to_an_end(text: str, name: ApiName) -> None:
    json.loads(mended(text, name, unsafe=True))
