"""What an access preview of AWS adds to the offline verdict about external access.

The offline verdict stands, but for one case: it is PASS, the zone of trust is just the account, and
the preview shows somebody outside. Then it is FAIL. A preview makes nothing green. In a wider zone,
what the preview shows may be trusted for reasons that it does not tell: there it is a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from policy_gate.analyzers.interface import Analyzer, Home, PreviewedAccess
from policy_gate.checks.findings import fingerprint, locations_of, numbered
from policy_gate.checks.preview_configuration import configuration_of, has_previews
from policy_gate.disagreement import CODE as DISAGREE
from policy_gate.model import CheckResult, Finding, Policy, Severity, Verdict
from policy_gate.reasoning.zone import ZoneOfTrust

EXTERNAL_PRINCIPAL = "EXTERNAL_PRINCIPAL"

_SHOWN = 5
"""Actions, and findings of one preview, that are shown."""

_MAX_TEXT = 200
FIX = (
    "Name the principals that need access, or confine the statement to the zone with a"
    " condition as aws:PrincipalOrgID; add to the zone of trust whom you do trust."
)


def with_preview(
    policy: Policy, result: CheckResult, zone: ZoneOfTrust, analyzer: Analyzer
) -> CheckResult:
    """The offline result with what the preview adds, where the analyzer makes one.

    Of a FAIL it is only asked in order to compare.
    """
    previews = analyzer.previews
    compared = result.verdict is Verdict.FAIL and analyzer.second_opinion is not None
    is_asked = has_previews(policy) and (compared or result.verdict is Verdict.PASS)
    home = previews.home() if previews is not None and is_asked else None
    previewed = configuration_of(policy, home) if home else None
    if previews is None or home is None or previewed is None:
        return result
    access = previews.external_access(*previewed)
    if access is None:
        return result
    return _combined(policy, result, zone, home, access)


def _combined(
    policy: Policy,
    result: CheckResult,
    zone: ZoneOfTrust,
    home: Home,
    access: Sequence[PreviewedAccess],
) -> CheckResult:
    outside = [item for item in access if not _is_inside(item, zone, home)]
    if (result.verdict is Verdict.FAIL) == bool(outside):
        return result
    if result.verdict is Verdict.FAIL:
        return _with_note(policy, result, "shows nobody outside, unlike")
    if not _is_just_the_account(zone, home):
        shown = f"shows {'; '.join(map(_shown, outside[:_SHOWN]))}: in the zone of trust by"
        return _with_note(policy, result, shown)
    return replace(
        result,
        verdict=Verdict.FAIL,
        findings=(*result.findings, *numbered(_findings(policy, result, outside[:_SHOWN]))),
        message="an access preview of AWS shows access from outside the account",
        rests_on=(),
    )


def _is_inside(item: PreviewedAccess, zone: ZoneOfTrust, home: Home) -> bool:
    """Is the principal for sure one of the zone? A condition is not looked at."""
    principal = item.principal.get("AWS", "")
    if len(item.principal) != 1 or not principal:
        return False
    fields = principal.split(":")
    account = fields[4] if fields[0] == "arn" and len(fields) > 5 else principal
    return account in (home.account, *zone.accounts) or ("AWS", principal) in zone.principals


def _is_just_the_account(zone: ZoneOfTrust, home: Home) -> bool:
    return zone._replace(accounts=()) == ZoneOfTrust() and set(zone.accounts) <= {home.account}


def _findings(
    policy: Policy, result: CheckResult, outside: Iterable[PreviewedAccess]
) -> Iterator[Finding]:
    for item in outside:
        yield Finding(
            EXTERNAL_PRINCIPAL,
            Severity.SECURITY_WARNING,
            f"An access preview of AWS shows {_shown(item)}, from outside the account.",
            True,
            locations_of(policy, [()]),
            fix=FIX,
            world=policy.world,
            fingerprint=fingerprint(policy, result.check, EXTERNAL_PRINCIPAL, _anchor(item)),
        )


def _anchor(item: PreviewedAccess) -> dict[str, object]:
    return {
        "principal": {**item.principal},
        "actions": [*item.actions],
        "condition": {**item.condition},
    }


def _with_note(policy: Policy, result: CheckResult, what: str) -> CheckResult:
    note = Finding(
        DISAGREE,
        Severity.NOTE,
        f"An access preview of AWS {what} the answer of policy-gate, which stands.",
        False,
        locations_of(policy, [()]),
        world=policy.world,
        fingerprint=fingerprint(policy, result.check, DISAGREE, "preview"),
    )
    return replace(result, findings=(*result.findings, note))


def _shown(item: PreviewedAccess) -> str:
    who = ", ".join(f"{kind}: {name}" for kind, name in item.principal.items()) or "somebody"
    condition = ", ".join(f"{key} = {value}" for key, value in item.condition.items())
    text = f"{who} with {_some(item.actions)}"
    text = f"{text} where {condition}" if condition else text
    return text if len(text) <= _MAX_TEXT else f"{text[:_MAX_TEXT]}..."


def _some(texts: Sequence[str]) -> str:
    more = ["..."] if len(texts) > _SHOWN else []
    return ", ".join([*texts[:_SHOWN], *more]) or "some action"
