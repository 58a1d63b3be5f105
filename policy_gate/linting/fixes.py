"""The verbs of fixing: what mends a finding, and a text with fixes applied.

    policy = view_policy(text, PolicyKind.IDENTITY)
    fixes = [fix for finding in findings if (fix := fix_of(policy, finding))]
    text = apply(text, [fix for fix in fixes if fix.safe])

Fixes that touch one another are not applied together: validate the new text and go on from there.
"""

from __future__ import annotations

from bisect import bisect, insort
from collections.abc import Iterable, Sequence

from policy_gate.linting.edits import Edit, conflict, edited
from policy_gate.linting.fix import Fix
from policy_gate.linting.interface import FindingLocation, ValidatePolicyFinding
from policy_gate.linting.rules import BY_CODE
from policy_gate.linting.view import Place, PolicyView

_SYNTAX_ERROR = "JSON_SYNTAX_ERROR"
_MAX_FIXES = 200
"""Of one policy, since the nearest of thousands of names takes a while to find."""


def fix_of(policy: PolicyView, finding: ValidatePolicyFinding) -> Fix | None:
    """What mends a finding about this policy, whoever reported it; None where that is open."""
    rule = BY_CODE.get(finding["issueCode"])
    places = [_place(location) for location in finding["locations"]]
    if rule is None or rule.fix is None or not places:
        return None
    if policy.unreadable and rule.code != _SYNTAX_ERROR:
        return None
    fix = rule.fix(policy, places)
    return fix if fix and fix.edits else None


def _place(location: FindingLocation) -> Place:
    start, end = location["span"]["start"], location["span"]["end"]
    return Place(tuple(location["path"]), start["offset"], end["offset"])


def fixes_of(policy: PolicyView, findings: Sequence[ValidatePolicyFinding]) -> list[Fix | None]:
    """What mends each of the findings."""
    fixes: list[Fix | None] = [fix_of(policy, finding) for finding in findings[:_MAX_FIXES]]
    return [*fixes, *[None] * (len(findings) - len(fixes))]


def compatible(fixes: Iterable[Fix]) -> list[Fix]:
    """The fixes that can be applied together; of those that touch one another the first."""
    taken: list[Fix] = []
    edits: list[Edit] = []
    for fix in sorted(fixes, key=lambda fix: min(fix.edits)):
        if not any(_touches(edit, edits) for edit in fix.edits):
            taken.append(fix)
            for edit in fix.edits:
                insort(edits, edit)
    return taken


def _touches(edit: Edit, others: Sequence[Edit]) -> bool:
    """Whether one of the others, which are in order and apart, is about the same characters."""
    after = bisect(others, edit)
    return any(conflict(edit, other) for other in others[max(after - 1, 0) : after + 1])


def apply(text: str, fixes: Iterable[Fix]) -> str:
    """The text after those of the fixes that can be applied together."""
    return edited(text, [edit for fix in compatible(fixes) for edit in fix.edits])
