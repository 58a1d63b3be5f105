"""What a run finds about waivers themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from policy_gate.accepting.baseline import OWN_CHECK
from policy_gate.accepting.waivers import Waivers, what
from policy_gate.checks.findings import numbered, own_fingerprint
from policy_gate.model import (
    CheckResult,
    Finding,
    InvalidWaiver,
    PolicyIdentity,
    Severity,
    Verdict,
    Waiver,
)

EXPIRED, UNUSED, INVALID = "WAIVER_EXPIRED", "WAIVER_UNUSED", "WAIVER_INVALID"


class Use(NamedTuple):
    """What a waiver covers in a run: findings, and UNKNOWN results."""

    covered: int = 0
    blocking: int = 0
    """How many of them block, as the waiver has expired."""


def waiver_results(
    waivers: Waivers, uses: Mapping[Waiver, Use], invalid: Iterable[InvalidWaiver]
) -> list[CheckResult]:
    """One result for each file with waivers that are not as they should be."""
    by_file: dict[str, list[Finding]] = {}
    for finding in [*_findings(waivers, uses), *map(_invalid, invalid)]:
        by_file.setdefault(finding.locations[0].path, []).append(finding)
    return [
        CheckResult(
            PolicyIdentity(file, "", "", ""),
            OWN_CHECK,
            Verdict.FAIL,
            numbered(findings),
            blocking=any(finding.blocking for finding in findings),
        )
        for file, findings in sorted(by_file.items())
    ]


def as_written(waiver: Waiver) -> Waiver:
    """The waiver itself: one in the code may be read for several places, as in a loop."""
    return replace(waiver, places=())


def _findings(waivers: Waivers, uses: Mapping[Waiver, Use]) -> Iterator[Finding]:
    for written, waiver in {as_written(item): item for item in waivers.all}.items():
        use = uses.get(written, Use())
        if waivers.has_expired(waiver):
            yield _expired(waiver, use)
        elif not use.covered:
            yield _unused(waiver)


def _expired(waiver: Waiver, use: Use) -> Finding:
    by = f" ({waiver.owner})" if waiver.owner else ""
    if not use.covered:
        found, fix = "nothing that this run found is covered by it", "Remove it."
    else:
        count = f"{use.covered} findings" if use.covered > 1 else "1 finding"
        found = f"it no longer accepts {count} of this run"
        fix = "Mend what it covered, or have it accepted anew until a later day."
    return Finding(
        EXPIRED,
        Severity.WARNING,
        f"The waiver of {what(waiver)} expired after {waiver.expires}{by}: {found}.",
        use.blocking > 0,
        (waiver.location,),
        fix=fix,
        fingerprint=_fingerprint(waiver, EXPIRED),
    )


def _unused(waiver: Waiver) -> Finding:
    return Finding(
        UNUSED,
        Severity.NOTE,
        f"The waiver of {what(waiver)} covers nothing that this run found.",
        False,
        (waiver.location,),
        fix="Remove it, unless what it is about is not among the paths of this run.",
        fingerprint=_fingerprint(waiver, UNUSED),
    )


def _fingerprint(waiver: Waiver, code: str) -> str:
    return own_fingerprint(waiver.location.path, code, what(waiver), str(waiver.expires))


def _invalid(item: InvalidWaiver) -> Finding:
    return Finding(
        INVALID,
        Severity.ERROR,
        f"This waiver counts for nothing: {item.message}.",
        True,
        (item.location,),
        fix="Write what docs/accepting.md shows, or remove it.",
        fingerprint=own_fingerprint(item.location.path, INVALID, item.message),
    )
