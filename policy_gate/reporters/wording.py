"""Sentences of a report for people, without any markup."""

from __future__ import annotations

from collections.abc import Sequence

from policy_gate.model import (
    Assumption,
    AssumptionKind,
    BaselineCounts,
    CallCount,
    CheckResult,
    Construct,
    Coverage,
    Finding,
    GateReport,
    PolicyIdentity,
    PolicyKind,
    ReasonCode,
    Status,
    Verdict,
    Waiver,
)
from policy_gate.reasoning.answer import StatementName, Witness
from policy_gate.reporters.problems import problems_by_file

STATUS_WORDS = {
    Status.PASSED: "PASSED",
    Status.FAILED: "FAILED",
    Status.ERROR: "ERROR",
    Status.EMPTY: "NOTHING TO CHECK",
}

_KINDS = {
    PolicyKind.IDENTITY: "identity policy",
    PolicyKind.TRUST: "trust policy",
    PolicyKind.RESOURCE: "resource policy",
    PolicyKind.SERVICE_CONTROL: "service control policy",
    PolicyKind.RESOURCE_CONTROL: "resource control policy",
}
_BLOCKING = {
    Verdict.FAIL: "blocks",
    Verdict.ERROR: "blocks: the question has no answer",
    Verdict.UNKNOWN: "blocks, unless the configuration says `unknown: report`",
    Verdict.NOT_CHECKED: "blocks: it may hold policies that nobody checked",
}
_MAX_LISTED = 10


def count(number: int, singular: str, plural: str = "") -> str:
    """As `1 policy` and `2 policies`."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def construct(made_by: Construct | None) -> str:
    """As `App/Fn/ServiceRole/Resource, created at lib/app.ts:12:5`; empty where there is none."""
    if made_by is None:
        return ""
    place = made_by.created_at
    return f"{made_by.path}, created at {place}" if place else made_by.path


def request(witness: Witness) -> str:
    """The request that shows the finding, as a sentence."""
    if witness.principal is None:
        who = "The identity"
    else:
        who = "Anyone" if witness.principal == "*" else witness.principal
    context = " and ".join(
        f"{key} = {', '.join(values) or '(no value)'}"
        for key, values in sorted(witness.context.items())
    )
    sentence = f"{who} can call {witness.action} on {witness.resource}"
    return f"{sentence} with {context}" if context else sentence


def denied_in(statement: StatementName) -> str:
    """As `statement 1 (NoDelete)`."""
    sid = f" ({statement.statementId})" if statement.statementId else ""
    return f"statement {statement.statementIndex}{sid}"


def policy(identity: PolicyIdentity) -> str:
    """As `AppRole / app (AWS::IAM::Role, identity policy)`; empty where a file is meant."""
    kind = _KINDS[identity.kind] if identity.kind else ""
    details = ", ".join(part for part in (identity.resource_type, kind) if part)
    return f"{identity} ({details})" if details and str(identity) else str(identity) or details


def statement(finding: Finding) -> str:
    """As `Statement[1], Sid Write`; empty where the finding is about no statement."""
    index = "" if finding.statement_index is None else f"Statement[{finding.statement_index}]"
    sid = f"Sid {finding.sid}" if finding.sid else ""
    return ", ".join(part for part in (index, sid) if part)


def accepted(item: Finding | CheckResult) -> str:
    """As `waived` or `in the baseline`; empty where it was not accepted."""
    return "waived" if item.waiver else "in the baseline" if item.known else ""


def acceptance(item: Finding | CheckResult) -> str:
    """As `waived by alice until 2026-12-31: why, waivers.yml:3`; empty if it was not accepted."""
    return f"{accepted(item)} {waived_by(item.waiver)}".strip()


def waived_by(waiver: Waiver | None) -> str:
    """As `alice until 2026-12-31: being replaced (SEC-1), .policy-gate/waivers.yml:3`."""
    if waiver is None:
        return ""
    ticket = f" ({waiver.ticket})" if waiver.ticket else ""
    place = f"{waiver.location.path}:{waiver.location.line}"
    by = f"by {waiver.owner} " if waiver.owner else ""
    return f"{by}until {waiver.expires}: {waiver.reason}{ticket}, {place}"


def baseline(counts: BaselineCounts) -> str:
    """As `3 old, 1 new, 0 fixed (baseline.json)`."""
    return f"{counts.old} old, {counts.new} new, {counts.fixed} fixed ({counts.source})"


def effect(result: CheckResult) -> str:
    """What a result without a finding does to the gate."""
    if how := accepted(result):
        return f"does not block: {how}"
    if result.reason is ReasonCode.DOCUMENT_UNAVAILABLE:
        if result.blocking:
            return "blocks, as the configuration says `managed-policies: block`"
        return "does not block, unless the configuration says `managed-policies: block`"
    if not result.blocking:
        return "does not block, as the configuration says `unknown: report`"
    return _BLOCKING[result.verdict]


def report_outcome(report: GateReport) -> str:
    """The status and why, as `FAILED: 1 blocking finding; 2 of 3 policies passed`."""
    files = problems_by_file(report.results).values()
    blocking = sum(len(of_file.blocking) for of_file in files)
    other = sum(len(of_file.other) for of_file in files)
    return f"{STATUS_WORDS[report.status]}: {outcome(report, blocking, other)}"


def analyzer(report: GateReport) -> str:
    """As `embedded (answers offline), service data of 2026-10-27`."""
    reason = f" ({report.analyzer_reason})" if report.analyzer_reason else ""
    data = f", service data of {report.service_data}" if report.service_data else ""
    return f"{report.analyzer}{reason}{data}"


def assumption(assumed: Assumption) -> str:
    """As `${Table}: a parameter without a value (role.yaml:6:3)`."""
    place = f" ({assumed.location})" if assumed.location else ""
    return f"{assumed.expression}: {assumed.description}{place}"


def coverage_line(coverage: Coverage) -> str:
    """How much of what was found was checked, as a list of counts."""
    by_reason = [
        f"{coverage.not_checked[code]} {code}"
        for code in ReasonCode
        if coverage.not_checked.get(code)
    ]
    parts = [f"{count(coverage.found, 'policy', 'policies')} found", f"{coverage.checked} checked"]
    if coverage.unknown:
        parts.append(f"{coverage.unknown} unknown")
    if by_reason:
        parts.append(f"{sum(coverage.not_checked.values())} not checked ({', '.join(by_reason)})")
    if coverage.errors:
        parts.append(count(coverage.errors, "error"))
    if coverage.skipped_files:
        parts.append(f"{count(coverage.skipped_files, 'file')} skipped")
    return ", ".join(parts)


def calls(made: CallCount) -> str:
    """As `12 made, 3 saved; estimated cost $0.0160 (8 policy checks)`."""
    cost = f"estimated cost ${made.estimated_cost:.4f}"
    return f"{made.made} made, {made.saved} saved; {cost} ({count(made.charged, 'policy check')})"


def outcome(report: GateReport, blocking: int, other: int) -> str:
    """Why the status is what it is, given how many findings block and how many do not."""
    verdicts = [result.verdict for result in report.results]
    reasons = [result.reason for result in report.results]
    counts = {
        count(blocking, "blocking finding"): blocking,
        f"{verdicts.count(Verdict.UNKNOWN)} unknown": verdicts.count(Verdict.UNKNOWN),
        count(verdicts.count(Verdict.ERROR), "error"): verdicts.count(Verdict.ERROR),
        f"{reasons.count(ReasonCode.NOT_ANALYSED)} not analysed": reasons.count(
            ReasonCode.NOT_ANALYSED
        ),
        f"{report.waived} waived": report.waived,
        count(other, "finding that does not block", "findings that do not block"): other,
    }
    passed = f"{report.coverage.passed} of {report.coverage.found} policies passed"
    if not report.coverage.found:
        passed = "no policies were found"
    shown = ", ".join(words for words, number in counts.items() if number)
    return f"{shown}; {passed}" if shown else passed


def next_step(report: GateReport, first: Finding | None) -> str:
    """What to do now, given the first finding that blocks; empty where nothing is left to say."""
    if report.status is Status.EMPTY and report.shard is None:
        return (
            "name what to check, `policy-gate run PATH`: a CloudFormation or SAM template, the"
            " cdk.out that `cdk synth` makes, or the JSON that `terraform show -json` makes of a"
            " plan. `policy-gate doctor` says what was looked at, and what it was taken for."
        )
    if first is None:
        return ""
    return (
        f"`policy-gate explain {first.code}` says what a finding means. What is meant to be so is"
        " accepted by its id: `policy-gate waive ID --reason WHY --expires DAY`."
    )


def defaults_taken(results: Sequence[CheckResult]) -> str:
    """The defaults that the answers rest on, as `${Env} = dev, ${Size} = 2`; empty if none."""
    taken = {
        f"{assumption.expression} = {assumption.default}": None
        for result in results
        for assumption in result.assumptions
        if assumption.kind is AssumptionKind.DEFAULT
    }
    return listed(sorted(taken))


def listed(items: Sequence[str]) -> str:
    """The first items, and how many there are more."""
    shown = ", ".join(items[:_MAX_LISTED])
    more = len(items) - _MAX_LISTED
    return f"{shown} and {more} more" if more > 0 else shown
