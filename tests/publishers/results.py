"""Results made by hand, of which a real run would need many templates."""

from __future__ import annotations

from policy_gate.model import (
    CheckResult,
    Finding,
    Location,
    PolicyIdentity,
    Severity,
    Verdict,
)


def failed(path: str, line: int) -> CheckResult:
    """A result with one finding that blocks, at a line of a file."""
    identity = PolicyIdentity(path, f"Role{line}", "AWS::IAM::Role", "app")
    place = Location(path, line, 1, line, 80)
    finding = Finding(
        "CHECK_ACCESS_NOT_GRANTED",
        Severity.SECURITY_WARNING,
        f"Statement {line} grants access to sensitive actions.",
        blocking=True,
        locations=(place,),
        fix="Leave the sensitive actions out of the statement, or deny them.",
        fingerprint=f"{line:016x}",
    )
    return CheckResult(
        identity, "access-not-granted", Verdict.FAIL, (finding,), location=place, blocking=True
    )
