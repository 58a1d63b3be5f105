"""How much of what was found was checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from policy_gate.model import CheckResult, Coverage, PolicyIdentity, ReasonCode, Verdict

# What a policy counts as, the first that any of its results is.
_PRECEDENCE = (
    Verdict.FAIL,
    Verdict.ERROR,
    Verdict.UNKNOWN,
    Verdict.NOT_CHECKED,
    Verdict.PASS,
)


def coverage_of(results: Iterable[CheckResult], skipped_files: int) -> Coverage:
    """Counts each policy once, by the worst of its results."""
    by_policy: dict[PolicyIdentity, list[CheckResult]] = {}
    elsewhere: list[CheckResult] = []
    for result in results:
        if result.identity.kind is None:
            elsewhere.append(result)
        else:
            by_policy.setdefault(result.identity, []).append(result)
    worst = [
        min(group, key=lambda result: _PRECEDENCE.index(result.verdict))
        for group in by_policy.values()
    ]
    counts = Counter(result.verdict for result in worst)
    not_checked = Counter(result.reason for result in [*worst, *elsewhere])
    return Coverage(
        found=len(by_policy),
        checked=counts[Verdict.PASS] + counts[Verdict.FAIL],
        passed=counts[Verdict.PASS],
        failed=counts[Verdict.FAIL],
        unknown=counts[Verdict.UNKNOWN],
        not_checked={reason: not_checked[reason] for reason in ReasonCode},
        errors=sum(result.verdict is Verdict.ERROR for result in [*worst, *elsewhere]),
        skipped_files=skipped_files,
    )
