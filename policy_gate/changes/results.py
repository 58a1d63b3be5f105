"""What a change adds as results of a check, where that is to block: `new-access: block`."""

from __future__ import annotations

from collections.abc import Iterable

from policy_gate.changes.wording import group_text, undecided_text
from policy_gate.checks.findings import fingerprint, numbered
from policy_gate.model import (
    AccessChange,
    AccessGroup,
    CheckResult,
    Comparison,
    Finding,
    Location,
    Severity,
    Verdict,
)

CHECK = "new-access"
CODE = "NEW_ACCESS"
_FIX = "Narrow the change, or have the new access accepted: a waiver says by whom and until when."
_MAX_GROUPS = 5
"""Groups of actions that one message names."""


def results_of(comparison: Comparison) -> Iterable[CheckResult]:
    """A result for each policy that adds access, and one for each that may."""
    for change in comparison.changes:
        open_questions = "; ".join(map(undecided_text, change.undecided))
        if change.adds:
            yield CheckResult(
                change.identity,
                CHECK,
                Verdict.FAIL,
                numbered(_findings(change, comparison.base)),
                message=open_questions,
                location=change.location,
            )
        # Also beside what is added: a waiver of that does not cover this.
        if change.undecided:
            yield CheckResult(
                change.identity,
                CHECK,
                Verdict.UNKNOWN,
                message=f"it is open whether this adds access to {comparison.base}:"
                f" {open_questions}",
                location=change.location,
            )


def _findings(change: AccessChange, base: str) -> Iterable[Finding]:
    """One for each statement that adds access, and one for what no longer limits."""
    if change.lifted:
        yield _finding(change, f"Since {base} {change.lifted}.", [], change.location)
    by_statement: dict[int | None, list[AccessGroup]] = {}
    for group in change.added_groups:
        by_statement.setdefault(group.statement_index, []).append(group)
    for groups in by_statement.values():
        told = "; ".join(group_text(group) for group in groups[:_MAX_GROUPS])
        more = len(groups) - _MAX_GROUPS
        rest = f"; and {more} more groups of actions" if more > 0 else ""
        message = f"This is new since {base}: {told}{rest}."
        yield _finding(change, message, groups, groups[0].location or change.location)


def _finding(
    change: AccessChange, message: str, groups: list[AccessGroup], location: Location | None
) -> Finding:
    first = groups[0] if groups else None
    actions = sorted({f"{group.service}:{name}" for group in groups for name in group.actions})
    place = location or Location(change.identity.file, 1, 1, 1, 1)
    return Finding(
        CODE,
        Severity.SECURITY_WARNING,
        message,
        True,
        (place,),
        first.statement_index if first else None,
        witness=first.witness if first else None,
        fix=_FIX,
        world=first.world if first else "",
        fingerprint=fingerprint(change, CHECK, CODE, actions or change.lifted),
    )
