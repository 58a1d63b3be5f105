"""The step between checks and report: what was accepted before does not block.

Nothing is taken away and no verdict changes: findings, and UNKNOWN results, get a mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from policy_gate.accepting.baseline import Baseline, known_fingerprints, may_be_known
from policy_gate.accepting.waiver_findings import Use, as_written, waiver_results
from policy_gate.accepting.waivers import Waivers
from policy_gate.model import (
    BaselineCounts,
    CheckResult,
    Finding,
    InvalidWaiver,
    Verdict,
    Waiver,
)


@dataclass(frozen=True)
class Accepted:
    """What was accepted before a run."""

    waivers: Waivers
    baseline: Baseline | None = None
    invalid: tuple[InvalidWaiver, ...] = ()

    def marked(self, results: Sequence[CheckResult]) -> list[CheckResult]:
        """The results with marks on what is accepted."""
        if self.baseline is None and not self.waivers.all:
            return list(results)
        known = frozenset(known_fingerprints(self.baseline, results) if self.baseline else ())
        return [self._marked(result, known) for result in results]

    def _marked(self, result: CheckResult, known: frozenset[str]) -> CheckResult:
        known = known if may_be_known(result) else frozenset()
        findings = tuple(self._finding(result, finding, known) for finding in result.findings)
        if not result.fingerprint:
            return replace(result, findings=findings)
        return replace(
            result,
            findings=findings,
            known=result.fingerprint in known,
            waiver=self._valid(self.waivers.covering(result, None)),
        )

    def _finding(self, result: CheckResult, finding: Finding, known: frozenset[str]) -> Finding:
        waiver = self._valid(self.waivers.covering(result, finding))
        is_known = finding.fingerprint in known
        if waiver is None and not is_known:
            return finding
        return replace(finding, blocking=False, known=is_known, waiver=waiver)

    def _valid(self, waivers: Iterable[Waiver]) -> Waiver | None:
        """Of several the one that counts longest."""
        valid = [waiver for waiver in waivers if not self.waivers.has_expired(waiver)]
        return max(valid, key=lambda waiver: (waiver.expires, waiver.location), default=None)

    def without_waivers(self) -> Accepted:
        """The same but for the waivers that can be read."""
        return replace(self, waivers=Waivers((), self.waivers.today))

    def about_waivers(self, results: Sequence[CheckResult]) -> list[CheckResult]:
        """The findings about waivers, given the marked results."""
        uses: dict[Waiver, Use] = {}
        for result in results:
            items: list[Finding | None] = list(result.findings)
            if result.fingerprint:
                items.append(None)
            for item in items:
                blocks = item.blocking if item else not is_accepted(result)
                for waiver in map(as_written, self.waivers.covering(result, item)):
                    covered, blocking = uses.get(waiver, Use())
                    uses[waiver] = Use(covered + 1, blocking + blocks)
        return waiver_results(self.waivers, uses, self.invalid)

    def counts(self, results: Sequence[CheckResult]) -> BaselineCounts | None:
        """Of the marked results; None where there is no baseline."""
        if self.baseline is None:
            return None
        known = known_fingerprints(self.baseline, results)
        present = {
            fingerprint
            for result in filter(may_be_known, results)
            for fingerprint in _not_waived(result)
        }
        fixed = {item.fingerprint for item in self.baseline.findings} - set(known.values())
        return BaselineCounts(
            self.baseline.source, len(known), len(present - known.keys()), len(fixed)
        )


def known_and_new(results: Iterable[CheckResult]) -> tuple[set[str], set[str]]:
    """The fingerprints in marked results: those of the baseline, and others that no waiver has."""
    known, present = set(), set()
    for result in filter(may_be_known, results):
        known |= {item.fingerprint for item in result.findings if item.known}
        if result.known:
            known.add(result.fingerprint)
        present.update(_not_waived(result))
    return known, present - known


def _not_waived(result: CheckResult) -> list[str]:
    found = [item.fingerprint for item in result.findings if item.waiver is None]
    return [*found, *([result.fingerprint] if result.fingerprint and not result.waiver else ())]


def is_accepted(result: CheckResult) -> bool:
    """Was everything that keeps the result from passing accepted before?"""
    if result.verdict is Verdict.UNKNOWN:
        return result.known or result.waiver is not None
    has_open = any(finding.blocking for finding in result.findings)
    return result.verdict is Verdict.FAIL and bool(result.findings) and not has_open


def waived(results: Iterable[CheckResult]) -> int:
    """How many findings and UNKNOWN results waivers accept."""
    found = set()
    for result in results:
        found |= {item.fingerprint for item in result.findings if item.waiver}
        if result.waiver:
            found.add(result.fingerprint)
    return len(found)
