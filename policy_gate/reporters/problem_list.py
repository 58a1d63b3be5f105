"""What a report holds besides passes, as one list: for formats that have a line for each."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from policy_gate.model import (
    CheckResult,
    Finding,
    GateReport,
    Location,
    ReasonCode,
    Severity,
    Verdict,
    Waiver,
)
from policy_gate.reporters import wording
from policy_gate.reporters.problems import FoundIn, in_order, problems_by_file

Level = Literal["error", "warning", "notice"]
"""`error` is what blocks; the others only inform."""

_INFORMING: dict[Severity, Level] = {
    Severity.ERROR: "warning",
    Severity.SECURITY_WARNING: "warning",
    Severity.WARNING: "warning",
    Severity.SUGGESTION: "notice",
    Severity.NOTE: "notice",
}
_LEVELS: tuple[Level, ...] = ("error", "warning", "notice")
_SEVERITIES = (
    Severity.SECURITY_WARNING,
    Severity.ERROR,
    None,
    Severity.WARNING,
    Severity.SUGGESTION,
    Severity.NOTE,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding, or a result that has no answer."""

    code: str
    """That of the finding; else the verdict, or the reason why it is not checked, in capitals."""

    level: Level
    message: str
    location: Location | None
    fingerprint: str
    """Tells it apart from every other of the report, and is the same in the next one."""

    result: CheckResult
    finding: Finding | None = None

    @property
    def blocking(self) -> bool:
        return self.level == "error"

    @property
    def accepted(self) -> str:
        """As `waived by alice until 2026-12-31: why, waivers.yml:3`, or `in the baseline`.

        Empty where nobody accepted it, or where it blocks all the same.
        """
        is_open = self.finding is None and self.result.verdict is not Verdict.UNKNOWN
        return "" if self.blocking or is_open else wording.acceptance(self.finding or self.result)

    @property
    def waiver(self) -> Waiver | None:
        """What accepts it; None where the baseline does, or nothing."""
        return (self.finding or self.result).waiver if self.accepted else None

    @property
    def file(self) -> str:
        """Where the location is, else the file that the policy is in."""
        return self.location.path if self.location else self.result.identity.file

    @property
    def severity(self) -> Severity | None:
        """None for a result that has no answer."""
        return self.finding.severity if self.finding else None


def list_problems(report: GateReport) -> list[Problem]:
    """All of them, file by file, of each file first what blocks, in the order of the console.

    What was accepted before is among them, as the last of its file.
    """
    problems: list[Problem] = []
    for of_file in problems_by_file(in_order(report.results)).values():
        problems += map(_found, of_file.blocking)
        problems += map(_undecided, of_file.undecided)
        problems += map(_found, of_file.other)
        problems += map(_found, of_file.accepted)
    return _told_apart(problems)


def most_severe_first(problems: Iterable[Problem]) -> list[Problem]:
    """What blocks first, and of that what grants access; what was accepted before is the last."""
    return sorted(problems, key=_rank)


def counted(problems: Sequence[Problem]) -> str:
    """As `2 errors, 1 warning, 3 notices and 1 accepted`."""
    levels = Counter(problem.level for problem in problems if not problem.accepted)
    accepted = sum(bool(problem.accepted) for problem in problems)
    shown = [wording.count(levels[level], level) for level in _LEVELS if levels[level]]
    shown += [f"{accepted} accepted"] if accepted else []
    return " and ".join(part for part in (", ".join(shown[:-1]), *shown[-1:]) if part)


def _rank(problem: Problem) -> tuple[bool, int, int]:
    level, severity = _LEVELS.index(problem.level), _SEVERITIES.index(problem.severity)
    return bool(problem.accepted), level, severity


def _found(found: FoundIn) -> Problem:
    finding = found.finding
    level: Level = "error" if finding.blocking else _INFORMING[finding.severity]
    if not finding.blocking and wording.accepted(finding):
        level = "notice"
    fingerprint = finding.fingerprint or _hash(found.result, finding.code, finding.message)
    message = finding.message or "no message was given"
    return Problem(finding.code, level, message, found.location, fingerprint, found.result, finding)


def _undecided(result: CheckResult) -> Problem:
    level: Level = "error" if result.blocking else "warning"
    informs = result.reason is ReasonCode.DOCUMENT_UNAVAILABLE
    is_accepted = result.verdict is Verdict.UNKNOWN and wording.accepted(result)
    if not result.blocking and (informs or is_accepted):
        level = "notice"
    code = result.verdict.value
    if result.verdict is Verdict.NOT_CHECKED and result.reason:
        code = result.reason.upper().replace("-", "_")
    message = result.message or "no reason was given"
    return Problem(
        code, level, message, result.location, _hash(result, code, result.message), result
    )


def _hash(result: CheckResult, *parts: str) -> str:
    subject = [*result.identity, result.check, *parts]
    return hashlib.sha256(json.dumps(subject).encode()).hexdigest()[:16]


def _told_apart(problems: Iterable[Problem]) -> list[Problem]:
    """Those whose fingerprint is taken get a number."""
    seen: Counter[str] = Counter()
    distinct = []
    for problem in problems:
        seen[problem.fingerprint] += 1
        number = seen[problem.fingerprint]
        own = f"{problem.fingerprint}-{number}" if number > 1 else problem.fingerprint
        distinct.append(replace(problem, fingerprint=own))
    return distinct
