"""The verb of the gate: what was extracted, every check, one analyzer, one report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from policy_gate.accepting.acceptance import Accepted, is_accepted, waived
from policy_gate.accepting.baseline import Baseline
from policy_gate.accepting.waivers import Waivers
from policy_gate.analyzers.interface import Analyzer
from policy_gate.asking import ask_all, ask_besides, at_construct
from policy_gate.at_once import Progress
from policy_gate.config.gate import GateConfig
from policy_gate.coverage import coverage_of
from policy_gate.executors.interface import Workers
from policy_gate.model import (
    CheckResult,
    Comparison,
    Coverage,
    Extraction,
    Finding,
    GateReport,
    InvalidWaiver,
    Listing,
    NotChecked,
    Note,
    PolicyIdentity,
    ReasonCode,
    Status,
    Unreadable,
    Verdict,
    Waiver,
)
from policy_gate.progress import no_progress

EXIT_STATUS = {Status.PASSED: 0, Status.ERROR: 1, Status.FAILED: 2, Status.EMPTY: 3}

# The worst of what several worlds answer is the answer; what is accepted hides nothing worse.
_WORST_FIRST = (
    (Verdict.FAIL, False),
    (Verdict.ERROR, False),
    (Verdict.UNKNOWN, False),
    (Verdict.NOT_CHECKED, False),
    (Verdict.FAIL, True),
    (Verdict.UNKNOWN, True),
    (Verdict.PASS, False),
)


def run_checks(  # noqa: PLR0913 - what a run consists of, and who does it
    extraction: Extraction,
    config: GateConfig,
    analyzer: Analyzer,
    reason: str,
    progress: Progress = no_progress,
    *,
    workers: Workers | None = None,
) -> GateReport:
    """Asks every check about every policy that it applies to.

    Without workers this process decides. Raises ExecutorError where they cannot go on.
    """
    accepted = accepted_by(extraction, config)
    asked = ask_all(extraction.policies, config, analyzer, progress, workers)
    answered = accepted.marked([item.result for item in asked])
    while (besides := ask_besides(asked, answered, analyzer, workers)) != asked:
        asked = besides
        answered = accepted.marked([item.result for item in asked])
    others = [at_construct(_not_checked(item), item.construct) for item in extraction.not_checked]
    unreadable = [_unreadable(item) for item in extraction.unreadable]
    added = accepted.marked(_new_access(extraction.comparison, config))
    # Which waivers are of no use is told of the whole.
    told = accepted if config.shard is None else accepted.without_waivers()
    results = [
        _with_effect(result, config)
        for result in in_report([*answered, *added, *others, *unreadable], told)
    ]
    coverage = coverage_of(results, extraction.skipped_files)
    status = outcome(results, coverage)
    return GateReport(
        status,
        0 if status is Status.EMPTY and config.allow_empty else EXIT_STATUS[status],
        analyzer.name,
        reason,
        coverage,
        tuple(results),
        (*config.notes, *as_told(notes_of(extraction, config, analyzer))),
        analyzer.service_data,
        analyzer.calls,
        extraction.comparison,
        accepted.counts(answered),
        waived([*answered, *added]),
    )


def accepted_by(extraction: Extraction, config: GateConfig) -> Accepted:
    """The waivers of the configuration; those that stand in the code only if it says so."""
    inline = extraction.waivers if config.inline_waivers else ()
    written = [waiver for waiver in inline if isinstance(waiver, Waiver)]
    return Accepted(
        Waivers((*config.waivers, *written), config.today or datetime.now(UTC).date()),
        config.baseline if isinstance(config.baseline, Baseline) else None,
        tuple(waiver for waiver in inline if isinstance(waiver, InvalidWaiver)),
    )


def notes_of(extraction: Extraction, config: GateConfig, analyzer: Analyzer) -> list[Note]:
    """What there is to say of the inputs and the answers."""
    notes = [*extraction.notes, *(check.note(extraction.policies) for check in config.checks)]
    notes.append(_inline_note(extraction, config))
    if analyzer.previews is not None:
        notes += analyzer.previews.notes
    return list(filter(None, notes))


def as_told(notes: Iterable[Note]) -> list[str]:
    """The notes as a report has them: each once, in a fixed order, what lists things last."""
    texts = {str(note): isinstance(note, Listing) for note in notes}
    return sorted(texts, key=lambda text: (texts[text], text))


def _inline_note(extraction: Extraction, config: GateConfig) -> Note:
    ignored = () if config.inline_waivers else {str(item.location) for item in extraction.waivers}
    if not ignored:
        return ""
    return Listing(
        "Waivers that stand in the code count for nothing ({} found): the configuration does not"
        " say `inline-waivers: true`.",
        tuple(sorted(ignored)),
        most=0,
    )


def _new_access(comparison: Comparison | None, config: GateConfig) -> list[CheckResult]:
    """What blocks of the access that the change adds, and why that is not known."""
    if comparison is None:
        return []
    from policy_gate.changes.results import CHECK, results_of

    if comparison.error:
        identity = PolicyIdentity(comparison.base, "", "", "")
        return [CheckResult(identity, CHECK, Verdict.ERROR, message=comparison.error)]
    return list(results_of(comparison)) if config.new_access == "block" else []


def in_report(results: Iterable[CheckResult], accepted: Accepted) -> list[CheckResult]:
    """The marked results as a report has them, and what there is to say about the waivers.

    One for each policy and check, in a fixed order.
    """
    merged = list(_merged(results))
    return sorted([*merged, *accepted.about_waivers(merged)], key=_order)


def outcome(results: Iterable[CheckResult], coverage: Coverage) -> Status:
    """The status of a report with these results."""
    return _status(results, coverage.checked + coverage.unknown)


def _not_checked(item: NotChecked) -> CheckResult:
    return CheckResult(
        item.identity,
        "",
        Verdict.NOT_CHECKED,
        reason=item.reason,
        message=item.message,
        location=item.location,
    )


def _unreadable(item: Unreadable) -> CheckResult:
    identity = PolicyIdentity(item.path, "", "", "")
    return CheckResult(
        identity, "", Verdict.ERROR, message=f"cannot read this path: {item.message}"
    )


def _merged(results: Iterable[CheckResult]) -> Iterator[CheckResult]:
    """One result for each policy and check, from those of its worlds."""
    groups: dict[tuple[PolicyIdentity, str, str], list[CheckResult]] = {}
    for result in results:
        distinct = result.message if not result.check else ""
        groups.setdefault((result.identity, result.check, distinct), []).append(result)
    for group in groups.values():
        first, *others = group
        if not (others or first.findings or first.assumptions):
            yield first
            continue
        worst = min(
            group, key=lambda result: _WORST_FIRST.index((result.verdict, is_accepted(result)))
        )
        undecided = next((result for result in group if result.fingerprint), worst)
        findings: dict[str, list[Finding]] = {}
        for finding in (finding for result in group for finding in result.findings):
            findings.setdefault(finding.fingerprint, []).append(finding)
        merged = map(_in_every_world, findings.values())
        assumptions = dict.fromkeys(
            item.as_shown() for result in group for item in result.assumptions
        )
        yield replace(
            worst,
            findings=tuple(sorted(merged, key=lambda item: item.locations)),
            assumptions=tuple(assumptions),
            is_sensitive=any(result.is_sensitive for result in group),
            fingerprint=undecided.fingerprint,
            known=undecided.known,
            waiver=undecided.waiver,
        )


def _in_every_world(findings: list[Finding]) -> Finding:
    """One finding of several worlds; where it is in the world of the defaults, that is all."""
    worlds = dict.fromkeys(finding.world for finding in findings)
    return replace(
        findings[0],
        world="" if "" in worlds else " or ".join(worlds),
        assumptions=tuple(item.as_shown() for item in findings[0].assumptions),
    )


def _order(result: CheckResult) -> tuple[object, ...]:
    identity = result.identity
    place = (result.location.line, result.location.column) if result.location else (0, 0)
    first = min((finding.locations[0] for finding in result.findings), default=None)
    return (
        identity.file,
        (first.line, first.column) if first else place,
        identity.resource_address,
        identity.policy_name,
        result.check,
        result.message,
    )


def _with_effect(result: CheckResult, config: GateConfig) -> CheckResult:
    blocks = _blocks(result, config)
    return result if result.blocking is blocks else replace(result, blocking=blocks)


def _blocks(result: CheckResult, config: GateConfig) -> bool:
    """Does the result keep the gate from passing?"""
    if result.verdict is Verdict.NOT_CHECKED:
        if result.reason is ReasonCode.NOT_ANALYSED:
            return config.unknown_blocks
        unavailable = result.reason is ReasonCode.DOCUMENT_UNAVAILABLE
        return unavailable and config.unavailable_documents_block
    if result.verdict is Verdict.UNKNOWN:
        return config.unknown_blocks and not is_accepted(result)
    return result.verdict in (Verdict.FAIL, Verdict.ERROR) and not is_accepted(result)


def _status(results: Iterable[CheckResult], checked: int) -> Status:
    blocking = {result.verdict for result in results if result.blocking}
    if Verdict.FAIL in blocking:
        return Status.FAILED
    if Verdict.ERROR in blocking:
        return Status.ERROR
    if blocking:
        return Status.FAILED
    return Status.PASSED if checked else Status.EMPTY
