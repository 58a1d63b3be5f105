"""Policies that a plan marks sensitive: they are checked, and nothing that they say is shown."""

from __future__ import annotations

from dataclasses import replace

from policy_gate.checks.findings import fingerprint, numbered
from policy_gate.model import CheckResult, Finding, Policy, Verdict

_HIDDEN = "the policy is marked sensitive in the plan, so what it says is not shown"
_NOT_SENT = (
    "the policy is marked sensitive in the plan and is not sent to AWS: set aws.send-sensitive in"
    " the configuration, or use the embedded analyzer"
)


def not_sent(policy: Policy, check: str) -> CheckResult:
    """The answer to a question that may not be put to an analyzer elsewhere."""
    location = policy.sources.locate(())
    return CheckResult(
        policy.identity,
        check,
        Verdict.UNKNOWN,
        message=_NOT_SENT,
        location=location,
        is_sensitive=True,
    )


def redacted(policy: Policy, result: CheckResult) -> CheckResult:
    """The verdict, with where its findings are and of what kind, and without any text of the
    policy."""
    findings = numbered(_redacted(policy, result, finding) for finding in result.findings)
    return replace(
        result,
        findings=findings,
        message=_HIDDEN if result.message else "",
        assumptions=(),
        is_sensitive=True,
    )


def _redacted(policy: Policy, result: CheckResult, finding: Finding) -> Finding:
    index = finding.statement_index
    where = "the policy" if index is None else f"statement {index}"
    return replace(
        finding,
        message=f"{where}: {finding.code}; {_HIDDEN}",
        sid=None,
        witness=None,
        fix=None,
        assumptions=(),
        world="",
        fingerprint=fingerprint(policy, result.check, finding.code, index),
    )
