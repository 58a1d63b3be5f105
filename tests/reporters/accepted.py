"""A report with all that was accepted before, and one of what a change adds, with any text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from policy_gate.model import (
    AccessChange,
    AccessGroup,
    ActionChange,
    BaselineCounts,
    ChangeKind,
    CheckResult,
    Comparison,
    Coverage,
    Finding,
    GateReport,
    Location,
    PolicyIdentity,
    Severity,
    Status,
    UndecidedAccess,
    Waiver,
)
from policy_gate.reasoning.answer import Witness
from tests.reporters.reports import (
    BUCKET,
    BUCKET_AT,
    DELETE_TABLE,
    INLINE,
    INLINE_AT,
    PASS_ROLE,
    PERIMETER,
    PUBLIC,
    TRUST,
    TRUST_AT,
    UNDECIDED,
    fails,
    passes,
    report,
    span,
)

WAIVERS = ".policy-gate/waivers.yml"
EXPIRED = Finding(
    "WAIVER_EXPIRED",
    Severity.WARNING,
    "The waiver of b0b0 expired after 2025-01-31 (bob): it no longer accepts 1 finding.",
    True,
    (Location(WAIVERS, 9, 3, 9, 20),),
    fix="Mend what it covered, or have it accepted anew until a later day.",
    fingerprint="e0e0",
)


def waiver(text: str = "") -> Waiver:
    """One with this text in every place that a person fills, or with plain texts."""
    at = Location(WAIVERS, 2, 3, 2, 20)
    if text:
        return Waiver(text, date(2026, 12, 31), at._replace(path=text), text, text)
    return Waiver("is being replaced", date(2026, 12, 31), at, "alice", "SEC-123")


def waived_finding(text: str = "") -> Finding:
    return replace(DELETE_TABLE, blocking=False, waiver=waiver(text))


def accepted_results(text: str = "") -> list[CheckResult]:
    """A waived and a known finding, a waived and a known UNKNOWN: none of them blocks."""
    known = replace(PASS_ROLE, blocking=False, known=True)
    unknown = replace(UNDECIDED, blocking=False, fingerprint="0a0a")
    return [
        replace(
            fails(INLINE, INLINE_AT, "access-not-granted", waived_finding(text)), blocking=False
        ),
        replace(fails(INLINE, INLINE_AT, PERIMETER, known), blocking=False),
        replace(unknown, waiver=waiver(text)),
        replace(unknown, check="no-new-access (other)", message="It is open too.", known=True),
    ]


def accepted_report(text: str = "") -> GateReport:
    """Green, as all that there is was accepted."""
    results = [*passes(TRUST, TRUST_AT, "validate-policy"), *accepted_results(text)]
    coverage = Coverage(found=2, checked=2, passed=1, failed=1)
    return replace(
        report(Status.PASSED, 0, results, coverage),
        waived=2,
        baseline=BaselineCounts(text or "baseline.json", 2, 0, 1),
    )


def expired_report(text: str = "") -> GateReport:
    """The same, red since one waiver has expired; with what the change adds."""
    accepted = accepted_report(text)
    results = (
        *accepted.results,
        fails(BUCKET, BUCKET_AT, "no-public-access", PUBLIC),
        fails(PolicyIdentity(WAIVERS, "", "", ""), span(1, 1, 1), "waivers", EXPIRED),
    )
    return replace(
        accepted,
        status=Status.FAILED,
        exit_status=2,
        results=results,
        baseline=BaselineCounts(text or "baseline.json", 2, 1, 1),
        comparison=comparison(text),
    )


def comparison(text: str = "") -> Comparison:
    """One policy adds, one is undecided besides, one only removes; a boundary is gone."""
    added = AccessGroup(
        text or "DynamoDB",
        "Write",
        (text or "DeleteTable", "CreateTable", "UpdateTable"),
        text or "every table",
        1,
        None,
        span(30, 21, 37, text or "role.yaml"),
        Witness(text or "dynamodb:DeleteTable", text or "arn:aws:dynamodb:us-east-1:1:table/a"),
        text,
    )
    removed = added._replace(actions=("GetItem",), access_level="Read")
    gone = ActionChange(text or "dynamodb:GetItem", "Read", 1, added.witness)
    undecided = UndecidedAccess(text or "it hangs on ${Name}", (text or "s3:GetObject",), 2)
    moved = BUCKET._replace(resource_address=text or "DataPolicy")
    return Comparison(
        text or "main (0123456789ab)",
        (
            AccessChange(
                moved, ChangeKind.CHANGED, BUCKET_AT, removed=(gone,), removed_groups=(removed,)
            ),
            AccessChange(
                INLINE, ChangeKind.CHANGED, INLINE_AT, text or "old.yaml", undecided=(undecided,)
            ),
            AccessChange(
                TRUST,
                ChangeKind.NEW,
                TRUST_AT,
                added_groups=(added,),
                lifted=text or "the permissions boundary of AppRole is gone",
            ),
        ),
        unchanged=4,
        moved=1,
    )


def wide_comparison(policies: int, groups: int = 1) -> Comparison:
    """Many policies that add access."""
    group = comparison().changes[-1].added_groups[0]
    return Comparison(
        "main",
        tuple(
            AccessChange(
                INLINE._replace(policy_name=f"p{number}"),
                ChangeKind.CHANGED,
                INLINE_AT,
                added_groups=(group,) * groups,
            )
            for number in range(policies)
        ),
    )
