"""The reference policies that AWS publishes with candidates, and recorded answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policy_gate.reasoning.answer import Answer
from policy_gate.reasoning.checks import (
    check_access_not_granted,
    check_no_new_access,
    check_no_public_access,
)

SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "access-checks" / "aws_samples.json"

# Expects FAIL for `acl-123456`, though its reference denies nothing but `acl-sensitive`.
WRONG = ("ec2-network-acl", "3")


def load(part: str) -> list[dict[str, Any]]:
    if not SAMPLES.is_file():
        return []
    entries: list[dict[str, Any]] = json.loads(SAMPLES.read_text(encoding="utf-8"))[part]
    return entries


def candidates() -> list[Any]:
    return [
        pytest.param(sample, candidate, id=f"{sample['id']}-{candidate['n']}")
        for sample in load("samples")
        for candidate in sample["candidates"]
        if (sample["id"], candidate["n"]) != WRONG
    ]


@pytest.mark.skipif(not SAMPLES.is_file(), reason="the samples are not at hand")
@pytest.mark.parametrize(("sample", "candidate"), candidates())
def test_published_reference_policies(sample: dict[str, Any], candidate: dict[str, Any]) -> None:
    new, reference = candidate["policy"], sample["reference"]
    answer = check_no_new_access(json.dumps(new), json.dumps(reference), sample["policyType"])
    assert answer.result == candidate["expected"]


def ask(record: dict[str, Any]) -> Answer:
    if record["check"] == "CheckNoNewAccess":
        documents = json.dumps(record["new"]), json.dumps(record["existing"])
        return check_no_new_access(*documents, record["policyType"])
    policy = json.dumps(record["policy"])
    if record["check"] == "CheckAccessNotGranted":
        access = record["access"]
        lists = access.get("actions", []), access.get("resources", [])
        return check_access_not_granted(policy, *lists, record["policyType"])
    return check_no_public_access(policy, record["resourceType"])


@pytest.mark.skipif(not SAMPLES.is_file(), reason="the samples are not at hand")
@pytest.mark.parametrize(
    "record",
    [record for record in load("recorded") if not record["expected"].startswith("ERROR")],
)
def test_recorded_answers(record: dict[str, Any]) -> None:
    answer = ask(record)
    assert answer.result == record["expected"]
    if answer.result == "FAIL" and "reasons" in record:
        assert [reason.statementIndex for reason in answer.reasons] == [
            reason["statementIndex"] for reason in record["reasons"]
        ]
