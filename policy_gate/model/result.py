"""What a check says of a policy."""

from __future__ import annotations

from dataclasses import dataclass

from policy_gate.model.acceptance import Waiver
from policy_gate.model.policy import Assumption, Construct, Location, PolicyIdentity
from policy_gate.model.verdict import ReasonCode, Severity, Verdict
from policy_gate.reasoning.answer import Witness


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason why a policy does not pass a check."""

    code: str
    severity: Severity
    message: str
    blocking: bool
    locations: tuple[Location, ...]
    """The first is the one to jump to."""

    statement_index: int | None = None
    sid: str | None = None
    witness: Witness | None = None
    fix: str | None = None
    help: str | None = None
    world: str = ""
    assumptions: tuple[Assumption, ...] = ()
    """What this finding depends on."""

    fingerprint: str = ""
    """Identifies the finding across revisions, whatever line it stands at."""

    known: bool = False
    """Is it one of the baseline? Then it does not block."""

    waiver: Waiver | None = None
    """What accepts it. Then it does not block."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One policy, one check, one verdict."""

    identity: PolicyIdentity
    check: str
    """The check's name, as `no-new-access (perimeter)`; empty where no check was asked."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    reason: ReasonCode | None = None
    """Set if and only if the verdict is NOT_CHECKED."""

    message: str = ""
    """Why the verdict is UNKNOWN, NOT_CHECKED or ERROR."""

    location: Location | None = None
    assumptions: tuple[Assumption, ...] = ()
    rests_on: tuple[str, ...] = ()
    """What the reasoning takes for given, beyond the policy: sentences that begin with a code."""

    construct: Construct | None = None
    """Where the policy comes from, in a template that the CDK made."""

    blocking: bool = False
    """Does this result keep the gate from passing?"""

    is_sensitive: bool = False
    """Is it about a text that is marked sensitive? Its source lines are not shown then."""

    fingerprint: str = ""
    """Of an UNKNOWN: identifies the policy as it is, with the check; empty where it is sensitive.

    A FAIL has it where the check is undecided besides its findings.
    """

    known: bool = False
    waiver: Waiver | None = None
    """Of an UNKNOWN: as those of a Finding."""
