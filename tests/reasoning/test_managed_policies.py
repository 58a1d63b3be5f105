"""Real policies, as AWS manages them, against themselves and each other."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from policy_gate.reasoning.checks import check_no_new_access
from policy_gate.reasoning.evaluator import decide
from tests.reasoning.documents import IDENTITY, allow, policy

RECORDS = (
    Path(__file__).parents[2] / ".." / "shared" / "validate-policy" / "managed-policies.jsonl.gz"
)
REFERENCE = "SecurityAudit"


def managed_policies() -> dict[str, str]:
    with gzip.open(RECORDS, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return {record["name"]: record["document"] for record in records}


pytestmark = pytest.mark.skipif(not RECORDS.is_file(), reason="the policies are not at hand")


def test_each_is_within_itself_and_within_everything() -> None:
    for name, document in managed_policies().items():
        assert check_no_new_access(document, document, IDENTITY).result == "PASS", name
        assert check_no_new_access(document, policy(allow()), IDENTITY).result == "PASS", name


def test_every_fail_has_a_confirmed_witness_and_no_limit_is_met() -> None:
    documents = managed_policies()
    reference = documents[REFERENCE]
    failed = 0
    for name, document in documents.items():
        answer = check_no_new_access(document, reference, IDENTITY)
        assert "limit" not in answer.message, name
        if answer.result == "FAIL":
            failed += 1
            for reason in answer.reasons:
                assert reason.witness, name
                assert decide(document, reason.witness) == "ALLOW", name
                assert decide(reference, reason.witness) == "IMPLICIT_DENY", name
    assert failed > 500
