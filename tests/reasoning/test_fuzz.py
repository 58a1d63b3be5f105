"""A short run of the fuzzer; `make fuzz` is the long one."""

from __future__ import annotations

from tests.reasoning.fuzz import attack_many


def test_random_pairs() -> None:
    results, _, problems = attack_many(range(300))
    assert problems == []
    assert results["PASS"] > 50
    assert results["FAIL"] > 50
    assert results["UNKNOWN"] < 10
