"""The results of a SARIF log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from policy_gate.model import Finding, Location
from policy_gate.reporters.json_report import witness_object
from policy_gate.reporters.problem_list import Level, Problem
from policy_gate.reporters.repository import Repository
from policy_gate.reporters.visible import one_line
from policy_gate.reporters.wording import assumption, construct, policy, request

MAX_RELATED = 100
"""Locations of a result that code scanning keeps."""

_LEVELS: dict[Level, str] = {"error": "error", "warning": "warning", "notice": "note"}


def result_object(
    problem: Problem, rules: Mapping[str, int], repository: Repository
) -> dict[str, Any]:
    """One result; code scanning links it to the same one of earlier runs by its fingerprint."""
    finding, result = problem.finding, problem.result
    fingerprint = one_line(problem.fingerprint)
    code = one_line(problem.code)
    related = _related(finding.locations[1 : MAX_RELATED + 1], repository) if finding else []
    properties = {
        "verdict": result.verdict.value,
        "blocking": problem.blocking,
        "check": one_line(result.check),
        "policy": one_line(policy(result.identity)),
    }
    if problem.accepted:
        properties["accepted"] = one_line(problem.accepted)
    if finding and finding.witness:
        properties["witness"] = _visible(witness_object(finding.witness))
    return {
        "ruleId": code,
        "ruleIndex": rules[code],
        "level": _LEVELS[problem.level],
        "message": {"text": _message(problem, finding)},
        "locations": [_location(problem.file, problem.location, repository)],
        **({"relatedLocations": related} if related else {}),
        "partialFingerprints": {
            "primaryLocationLineHash": fingerprint,
            "policyGate/v1": fingerprint,
        },
        **_acceptance(problem),
        "properties": properties,
    }


def _acceptance(problem: Problem) -> dict[str, Any]:
    """Who accepted it, SARIF 2.1.0 section 3.35, and whether the baseline has it, 3.27.24."""
    if not problem.accepted:
        return {}
    waiver = problem.waiver
    parts = (
        [waiver.reason, waiver.owner, waiver.ticket, f"until {waiver.expires}"] if waiver else []
    )
    told = "; ".join(plain(part) for part in parts if part) or problem.accepted
    suppression = {"kind": "external", "status": "accepted", "justification": told}
    is_known = (problem.finding or problem.result).known
    return {
        "suppressions": [suppression],
        **({"baselineState": "unchanged"} if is_known else {}),
    }


def plain(text: str) -> str:
    """A text of any origin as a message without links.

    `[text](target)` is a link in any message, SARIF 2.1.0 section 3.11.6.
    """
    return one_line(text).replace("](", "] (")


def _message(problem: Problem, finding: Finding | None) -> str:
    """Sentences of which code scanning shows the first as the title of the alert."""
    made_by = construct(problem.result.construct)
    rows = [problem.message]
    if finding:
        rows += [
            f"Witness: {request(finding.witness)}" if finding.witness else "",
            f"Fix: {finding.fix}" if finding.fix else "",
            f"When: {finding.world}." if finding.world else "",
            *(f"Assumes {assumption(assumed)}." for assumed in finding.assumptions[:10]),
        ]
    rows.append(f"Construct: {made_by}." if made_by else "")
    rows.append(f"Accepted: {problem.accepted}." if problem.accepted else "")
    return "\n".join(plain(row) for row in rows if row)


def _location(file: str, place: Location | None, repository: Repository) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": repository.uri(file), "uriBaseId": "%SRCROOT%"},
            "region": _region(place) if place else {"startLine": 1},
        }
    }


def _related(places: Sequence[Location], repository: Repository) -> list[dict[str, Any]]:
    """Each once: two places may be the same line and column of what is shown."""
    found: list[dict[str, Any]] = []
    for place in places:
        shown = _location(place.path, place, repository) | {"message": {"text": "also here"}}
        if shown not in found:
            found.append(shown)
    return found


def _region(place: Location) -> dict[str, int]:
    start = (place.line, place.column)
    line, column = max((place.end_line, place.end_column), start)
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": line,
        "endColumn": column,
    }


def _visible(value: Any) -> Any:
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, list):
        return [_visible(item) for item in value]
    if isinstance(value, dict):
        return {one_line(key): _visible(item) for key, item in value.items()}
    return value
