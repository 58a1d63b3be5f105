"""Where two analyzers answer one question about one policy differently.

The first decides; what the second says is a note beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from policy_gate.checks.findings import fingerprint, numbered
from policy_gate.model import CheckResult, Finding, Location, Policy, Severity, Verdict

CODE = "ANALYZERS_DISAGREE"
"""The code of such a note."""

_Key = tuple[str, int | None, Location | None]


def with_disagreements(policy: Policy, first: CheckResult, second: CheckResult) -> CheckResult:
    """The first result, with a note for each point in which the second differs.

    Without an answer of the first there is nothing to compare.
    """
    if first.verdict is Verdict.ERROR:
        return first
    notes = numbered(
        _note(policy, first, message, location, anchor)
        for message, location, anchor in _points(first, second)
    )
    return replace(first, findings=(*first.findings, *notes)) if notes else first


def _points(
    first: CheckResult, second: CheckResult
) -> Iterator[tuple[str, Location | None, object]]:
    if first.verdict is not second.verdict:
        why = next((finding.message for finding in second.findings), second.message)
        message = f"AWS answers {first.verdict}, the embedded analyzer {second.verdict}"
        location = next((place for found in second.findings for place in found.locations), None)
        yield f"{message}: {why}" if why else message, location, "verdict"
        return
    here, there = _by_place(first), _by_place(second)
    for key, finding in here.items():
        if key not in there:
            message = f"AWS reports {finding.code} here, the embedded analyzer does not"
            yield message, key[2], [finding.code, finding.fingerprint]
    for key, finding in there.items():
        if key not in here:
            message = f"the embedded analyzer reports {finding.code} here, AWS does not"
            yield f"{message}: {finding.message}", key[2], [finding.code, finding.fingerprint]


def _by_place(result: CheckResult) -> dict[_Key, Finding]:
    """The findings by what both analyzers name: which, and where."""
    return {
        (
            finding.code,
            finding.statement_index,
            finding.locations[0]
            if finding.locations and not finding.code.startswith("CHECK_")
            else None,
        ): finding
        for finding in result.findings
        if finding.code != CODE
    }


def _note(
    policy: Policy, result: CheckResult, message: str, location: Location | None, anchor: object
) -> Finding:
    place = location or result.location or policy.sources.locate(())
    return Finding(
        CODE,
        Severity.NOTE,
        message,
        False,
        (place,),
        world=policy.world,
        fingerprint=fingerprint(policy, result.check, CODE, anchor),
    )
