"""The reports of all shards of a run to the report of the whole: never of less than everything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from policy_gate.accepting.acceptance import Accepted, is_accepted, known_and_new, waived
from policy_gate.accepting.baseline import OWN_CHECK
from policy_gate.accepting.waivers import Waivers
from policy_gate.checks.targets import unused_note
from policy_gate.coverage import coverage_of
from policy_gate.model import (
    BaselineCounts,
    CallCount,
    CheckResult,
    GateReport,
    Listing,
    Shard,
    Status,
    Verdict,
)
from policy_gate.runner import EXIT_STATUS, as_told, in_report, outcome
from policy_gate.shards.sharding import is_shard_note
from policy_gate.versions import difference


class MergeError(Exception):
    """Reports that are not those of all the shards of one run: which, why, and what to do."""


class Part(NamedTuple):
    """The report of a shard, and what it is called."""

    name: str
    report: GateReport
    shard: Shard


def part_of(name: str, report: GateReport) -> Part:
    """The part of a run that a report is about. Raises MergeError."""
    shard = report.shard
    if shard is None:
        raise MergeError(
            f"{name} is not the report of a shard:"
            " `policy-gate run --shard 1/2 --format json` makes one"
        )
    if not 1 <= shard.number <= shard.count:
        raise MergeError(
            f"{name} says that it is shard {shard.number} of {shard.count}: make it anew"
        )
    coverage = coverage_of(report.results, report.coverage.skipped_files)
    is_right = (
        all(map(_may_be, report.results))
        and report.coverage == coverage
        and report.status is outcome(report.results, coverage)
    )
    if not is_right:
        raise MergeError(
            f"{name} does not add up: its status or coverage is not that of its results;"
            " make it anew"
        )
    return Part(name, report, shard)


def _may_be(result: CheckResult) -> bool:
    """Does a run give such a result? The outcome hangs on its parts."""
    if (result.verdict is Verdict.NOT_CHECKED) is (result.reason is None):
        return False
    if result.verdict in (Verdict.FAIL, Verdict.ERROR):
        return result.blocking is not is_accepted(result)
    return not result.blocking or not (result.verdict is Verdict.PASS or is_accepted(result))


def merged(parts: Sequence[Part], *, allow_empty: bool = False) -> GateReport:
    """The report of the whole. Raises MergeError."""
    _check_same(parts)
    _check_all(parts)
    _check_days([part.shard for part in parts])
    parts = sorted(parts, key=lambda part: part.shard.number)
    reports = [part.report for part in parts]
    # What the shards say about waivers is told anew, of the whole.
    found = (item for report in reports for item in report.results if item.check != OWN_CHECK)
    results = in_report(found, _accepted([part.shard for part in parts]))
    coverage = coverage_of(results, sum(report.coverage.skipped_files for report in reports))
    status = outcome(results, coverage)
    is_allowed = status is Status.EMPTY and allow_empty
    return replace(
        reports[0],
        status=status,
        exit_status=0 if is_allowed else EXIT_STATUS[status],
        coverage=coverage,
        results=tuple(map(_without_foreign_lines, results)),
        notes=_notes(parts, results),
        calls=_calls([report.calls for report in reports if report.calls]),
        baseline=_baseline(parts[0], results),
        waived=waived(results),
        shard=None,
    )


def _accepted(shards: Sequence[Shard]) -> Accepted:
    waivers = dict.fromkeys(waiver for shard in shards for waiver in shard.waivers)
    invalid = dict.fromkeys(item for shard in shards for item in shard.invalid_waivers)
    return Accepted(Waivers(waivers, max(shard.day for shard in shards)), invalid=tuple(invalid))


_SAME: tuple[tuple[str, Callable[[Part], object]], ...] = (
    ("numbers of shards", lambda part: part.shard.count),
    ("commits", lambda part: part.shard.commit or "no commit"),
    ("analyzers", lambda part: part.report.analyzer),
    ("inputs", lambda part: (part.shard.inputs, part.shard.contents)),
    ("configurations", lambda part: part.shard.configuration),
    ("baselines", lambda part: part.shard.in_baseline),
    ("days of service data", lambda part: part.report.service_data),
)
"""What all the shards of a run share."""

_NOT_TOLD = ("inputs", "configurations", "baselines")
"""Of these a number or a digest would explain nothing."""


def _check_same(parts: Sequence[Part]) -> None:
    first = parts[0]
    for part in parts[1:]:
        both = f"{first.name} and {part.name} are of different"
        # Which versions differ explains why the rest does.
        if versions := difference(first.shard.versions, part.shard.versions):
            raise MergeError(f"{both} versions ({versions}): run all shards with the same")
        for what, of in _SAME:
            if of(first) != of(part):
                told = "" if what in _NOT_TOLD else f" ({of(first)}, {of(part)})"
                raise MergeError(
                    f"{both} {what}{told}: run all shards anew, of one commit and told the same"
                )


def _check_all(parts: Sequence[Part]) -> None:
    by_number: dict[int, Part] = {}
    for part in parts:
        number, count = part.shard.number, part.shard.count
        if other := by_number.get(number):
            raise MergeError(
                f"{other.name} and {part.name} are both shard {number} of {count}:"
                " give one report of each"
            )
        by_number[number] = part
    count = parts[0].shard.count
    if len(by_number) < count:
        missing = (number for number in range(1, count + 1) if number not in by_number)
        raise MergeError(
            f"shard {next(missing)} of {count} is missing"
            f" ({len(by_number)} of them are here): give the report of every shard"
        )


def _check_days(shards: Sequence[Shard]) -> None:
    """A waiver must not count in one shard that has expired in another."""
    first, last = min(shard.day for shard in shards), max(shard.day for shard in shards)
    for waiver in (waiver for shard in shards for waiver in shard.waivers):
        if first <= waiver.expires < last:
            raise MergeError(
                f"the waiver in {waiver.location.path}:{waiver.location.line} expired between the"
                f" shards, which are of {first} and {last}: run all of them on one day"
            )


def _notes(parts: Iterable[Part], results: Iterable[CheckResult]) -> tuple[str, ...]:
    """As a whole run has them; not what is true of one shard alone."""
    left_out = {unused_note(check) for check in {result.check for result in results}}
    listings: dict[tuple[str, int | None], set[str]] = {}
    for listing in (listing for part in parts for listing in part.shard.listings):
        left_out.add(str(listing))
        listings.setdefault((listing.sentence, listing.most), set()).update(listing.items)
    of_each = [
        [note for note in part.report.notes if note not in left_out and not is_shard_note(note)]
        for part in parts
    ]
    # Those that come of the configuration, and stand first, are the same everywhere.
    same = takewhile(lambda notes: len(set(notes)) == 1, zip(*of_each, strict=False))
    first = [notes[0] for notes in same]
    others = {note for notes in of_each for note in notes}.difference(first)
    whole = [
        Listing(sentence, tuple(sorted(items)), most)
        for (sentence, most), items in listings.items()
    ]
    return (*first, *as_told([*others, *whole]))


def _baseline(part: Part, results: Iterable[CheckResult]) -> BaselineCounts | None:
    """Of the results of the whole, as `Accepted.counts` counts them."""
    counts, total = part.report.baseline, part.shard.in_baseline
    if counts is None or total is None:
        return None
    old, new = known_and_new(results)
    return BaselineCounts(counts.source, len(old), len(new), max(0, total - len(old)))


def _calls(calls: Sequence[CallCount]) -> CallCount | None:
    if not calls:
        return None
    made, saved, charged = (sum(counts) for counts in list(zip(*calls, strict=True))[:3])
    return CallCount(made, saved, charged, calls[0].price_per_call)


def _without_foreign_lines(result: CheckResult) -> CheckResult:
    """The result; its source lines stay hidden where it names a file of elsewhere.

    A report may name any file of this machine.
    """
    here = Path.cwd().resolve()
    try:
        is_here = Path(result.identity.file).resolve().is_relative_to(here)
    except (OSError, ValueError, RuntimeError):
        is_here = False
    return result if is_here or result.is_sensitive else replace(result, is_sensitive=True)
