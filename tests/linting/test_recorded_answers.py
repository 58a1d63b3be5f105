"""What AWS answered for its own managed policies, and what it documents, against our rules."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from policy_gate.linting.rules import RULES
from policy_gate.linting.validate import validate_policy

SHARED = Path(__file__).parents[2].parent / "shared" / "validate-policy"
RECORDED = SHARED / "managed-policies.jsonl.gz"
CATALOGUE = SHARED / "checks.json"
AT_LEAST = 0.995
"""The share of policies with exactly the recorded answer."""

AT_MOST_EXTRA = 2

Finding = Any


def comparable(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [
        (f["issueCode"], f["findingType"], json.dumps(f["locations"], sort_keys=True))
        for f in findings
    ]


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers are not at hand")
def test_managed_policies_have_the_recorded_answer() -> None:
    policies = extra = 0
    different = []
    with gzip.open(RECORDED, "rt", encoding="utf-8") as lines:
        for line in lines:
            policy = json.loads(line)
            expected = comparable(policy["findings"])
            found = comparable(list(validate_policy(policy["document"], "IDENTITY_POLICY")))
            policies += 1
            extra += sum((Counter(found) - Counter(expected)).values())
            if sorted(found) != sorted(expected):
                different.append(policy["name"])
    assert extra <= AT_MOST_EXTRA
    assert len(different) <= (1 - AT_LEAST) * policies, different


@pytest.mark.skipif(not CATALOGUE.exists(), reason="the catalogue of checks is not at hand")
def test_the_catalogue_agrees_on_types_links_and_examples() -> None:
    checks = {check["code"]: check for check in json.loads(CATALOGUE.read_text("utf-8"))}
    for rule in RULES:
        check = checks[rule.code]
        assert rule.finding_type == check["type"]
        assert rule.learn_more_link.endswith(f"#{check['doc_slug']}")
        assert rule.code in answer(check, "example_bad")
    for check in checks.values():
        assert answer(check, "example_ok") == []


def answer(check: dict[str, Any], example: str) -> list[str]:
    document = check[example]
    text = document if isinstance(document, str) else json.dumps(document)
    found = validate_policy(
        text, check["example_policy_type"], check["example_resource_type"], approximate=True
    )
    return [finding["issueCode"] for finding in found]
