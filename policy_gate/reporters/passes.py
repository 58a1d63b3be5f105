"""The policies that pass everything that they were asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from policy_gate.model import CheckResult, PolicyIdentity, ReasonCode, Verdict


class Passed(NamedTuple):
    """A line about one policy."""

    place: str
    """As `template.yaml:22`."""

    name: str
    checks: str
    file: str
    policy: str
    """The name of the policy itself; `name` is that of the construct where there is one."""


def list_passes(results: Sequence[CheckResult]) -> list[Passed]:
    """In the order of the results."""
    verdicts: dict[PolicyIdentity, dict[str, set[Verdict]]] = {}
    places: dict[PolicyIdentity, str] = {}
    names: dict[PolicyIdentity, str] = {}
    for result in results:
        if result.reason is ReasonCode.NOT_APPLICABLE:
            continue
        checks = verdicts.setdefault(result.identity, {})
        checks.setdefault(result.check, set()).add(result.verdict)
        if result.location:
            place = f"{result.location.path}:{result.location.line}"
            places.setdefault(result.identity, place)
        if result.construct:
            names[result.identity] = f"{result.construct.path} / {result.identity.policy_name}"
    rows = []
    for identity, checks in verdicts.items():
        if all(seen == {Verdict.PASS} for seen in checks.values()):
            place = places.get(identity, identity.file)
            name = names.get(identity, str(identity))
            rows.append(Passed(place, name, ", ".join(checks), identity.file, str(identity)))
    return rows
