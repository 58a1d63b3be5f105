"""Policies whose text is marked sensitive: what may be said of them.

Checks are asked about the real document. What comes back says where something is wrong, and which
code it has; whatever could hold a text of the document is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from policy_gate.checks.findings import fingerprint, numbered
from policy_gate.checks.interface import Check
from policy_gate.model import (
    CheckResult,
    DocumentPath,
    Finding,
    Location,
    Policy,
    Verdict,
)

HIDDEN = "(marked sensitive in the plan: not shown)"
"""What stands in place of a document."""

NOT_SHOWN = "the policy is marked sensitive in the plan, so what it says is not shown"
NOT_SENT = (
    "the policy is marked sensitive in the plan and is not sent to AWS:"
    " set aws.send-sensitive, or use the embedded analyzer"
)

_BLAME = {
    "CHECK_ACCESS_NOT_GRANTED": "grants sensitive access",
    "CHECK_NO_NEW_ACCESS": "allows access that the reference policy does not",
    "CHECK_NO_PUBLIC_ACCESS": "grants public access",
    "EXTERNAL_PRINCIPAL": "gives access to principals outside the zone of trust",
    "ANALYZERS_DISAGREE": "is judged differently by AWS and by policy-gate itself",
}
_REASONS = {
    Verdict.FAIL: "the policy does not pass",
    Verdict.UNKNOWN: "the check is undecided",
    Verdict.ERROR: "this is no policy that can be asked about",
}


def masked(policy: Policy, result: CheckResult) -> CheckResult:
    """What a check says of a sensitive policy, without any text of its document."""
    reason = _REASONS.get(result.verdict, "")
    return replace(
        result,
        findings=numbered(_masked(policy, result.check, finding) for finding in result.findings),
        message=f"{reason}: {NOT_SHOWN}" if reason else "",
        assumptions=(),
        is_sensitive=True,
    )


def not_sent(policy: Policy, check: Check) -> CheckResult:
    """The result where the analyzer would send the document away."""
    return CheckResult(
        policy.identity,
        check.name,
        Verdict.UNKNOWN,
        message=NOT_SENT,
        location=policy.sources.locate(()),
        is_sensitive=True,
    )


def shown_locations(policy: Policy) -> Iterator[tuple[DocumentPath, Location]]:
    """Where the document and its statements stand: deeper paths hold keys of the document."""
    for path, location in policy.sources.values.items():
        is_statement = path[:1] == ("Statement",) and all(
            isinstance(step, int) for step in path[1:]
        )
        if not path or (is_statement and len(path) <= 2):
            yield path, location


def _masked(policy: Policy, check: str, finding: Finding) -> Finding:
    index = finding.statement_index
    subject = "the policy" if index is None else f"statement {index}"
    blame = _BLAME.get(finding.code, f"is judged {finding.code} by ValidatePolicy")
    return replace(
        finding,
        message=f"{subject} {blame}; {NOT_SHOWN}",
        sid=None,
        witness=None,
        fix=None,
        assumptions=(),
        # A hash of the text would let a reader try out what it may be.
        fingerprint=fingerprint(policy, check, finding.code, {"sensitive statement": index}),
    )
