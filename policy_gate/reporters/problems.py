"""What a report holds besides passes, gathered by file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from policy_gate.model import CheckResult, Finding, Location, ReasonCode, Verdict


@dataclass(frozen=True, slots=True)
class FoundIn:
    """A finding, and the result that holds it."""

    finding: Finding
    result: CheckResult

    @property
    def location(self) -> Location | None:
        return self.finding.locations[0] if self.finding.locations else self.result.location


@dataclass(frozen=True, slots=True)
class FileProblems:
    """What to show of one file, in this order."""

    blocking: list[FoundIn] = field(default_factory=list)
    undecided: list[CheckResult] = field(default_factory=list)
    """Results without an answer, and failures without a finding."""

    other: list[FoundIn] = field(default_factory=list)
    """Findings that do not block."""

    accepted: list[FoundIn] = field(default_factory=list)
    """Those that waivers accept or that the baseline has."""

    def __bool__(self) -> bool:
        return bool(self.blocking or self.undecided or self.other or self.accepted)

    def locations(self) -> list[Location]:
        places = [
            *(found.location for found in self.blocking + self.other),
            *(result.location for result in self.undecided),
        ]
        return [place for place in places if place]


def problems_by_file(results: Sequence[CheckResult]) -> dict[str, FileProblems]:
    """The files that have problems, in the order of the results.

    A finding that several results of a file share (by fingerprint) is there once, and so is a
    result that several worlds share.
    """
    same: dict[str, dict[str, list[FoundIn]]] = {}
    files: dict[str, FileProblems] = {}
    for result in results:
        problems = files.setdefault(result.identity.file, FileProblems())
        found = same.setdefault(result.identity.file, {})
        for finding in result.findings:
            key = finding.fingerprint or f"only one: {len(found)}"
            found.setdefault(key, []).append(FoundIn(finding, result))
        if _is_undecided(result):
            problems.undecided.append(result)
    for file, problems in files.items():
        distinct = {_shown(result): result for result in problems.undecided}
        problems.undecided[:] = sorted(distinct.values(), key=_only_informs)
        for merged in sorted(map(_merge, same[file].values()), key=_place):
            finding = merged.finding
            is_accepted = finding.known or finding.waiver is not None
            kept = problems.accepted if is_accepted else problems.other
            (problems.blocking if finding.blocking else kept).append(merged)
    return {file: problems for file, problems in files.items() if problems}


def in_order(results: Iterable[CheckResult]) -> list[CheckResult]:
    """The results by place, whatever order they were computed in."""
    return sorted(results, key=_position)


def _position(result: CheckResult) -> tuple[str | int, ...]:
    identity, location = result.identity, result.location
    place = (location.line, location.column) if location else (0, 0)
    names = (identity.resource_address, identity.policy_name, identity.kind or "", result.check)
    return (identity.file, *place, *names, result.message)


def _is_undecided(result: CheckResult) -> bool:
    if result.verdict is Verdict.FAIL:
        return not result.findings
    return result.verdict is not Verdict.PASS and result.reason is not ReasonCode.NOT_APPLICABLE


def _merge(group: list[FoundIn]) -> FoundIn:
    """One finding of several worlds: it blocks if it blocks in one of them."""
    first = group[0]
    findings = [found.finding for found in group]
    worlds = dict.fromkeys(finding.world for finding in findings)
    assumptions = dict.fromkeys(
        assumption for finding in findings for assumption in finding.assumptions
    )
    finding = replace(
        first.finding,
        blocking=any(finding.blocking for finding in findings),
        world="" if "" in worlds else " or ".join(worlds),
        assumptions=tuple(assumptions),
    )
    return FoundIn(finding, first.result)


def _shown(result: CheckResult) -> tuple[object, ...]:
    """What tells one result without an answer from another."""
    identity = result.identity
    return (identity, result.check, result.verdict, result.message, result.location)


def _only_informs(result: CheckResult) -> bool:
    return result.reason is ReasonCode.DOCUMENT_UNAVAILABLE


def _place(found: FoundIn) -> tuple[str, int, int]:
    location = found.location
    return (location.path, location.line, location.column) if location else ("", 0, 0)
