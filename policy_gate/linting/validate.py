"""The verb of this package: run every rule that applies, answer as the API does."""

from __future__ import annotations

from itertools import islice

from policy_gate.linting.interface import FindingLocation, Position, ValidatePolicyFinding
from policy_gate.linting.rule import Problem, Rule
from policy_gate.linting.rules import RULES
from policy_gate.linting.rules.structure.document import json_syntax_error
from policy_gate.linting.view import Place, view_policy
from policy_gate.model import PolicyKind
from policy_gate.syntax.node import Lines

_KINDS = {
    "IDENTITY_POLICY": PolicyKind.IDENTITY,
    "RESOURCE_POLICY": PolicyKind.RESOURCE,
    "SERVICE_CONTROL_POLICY": PolicyKind.SERVICE_CONTROL,
    "RESOURCE_CONTROL_POLICY": PolicyKind.RESOURCE_CONTROL,
}
_TRUST_POLICY = "AWS::IAM::AssumeRolePolicyDocument"
_APPROXIMATE = " (Approximate: AWS decides it by tables that it keeps to itself.)"
_MAX_PROBLEMS_PER_RULE = 1000


def validate_policy(
    text: str, policy_type: str, resource_type: str | None = None, *, approximate: bool = False
) -> list[ValidatePolicyFinding]:
    """The findings of a policy document, ordered by where they start.

    `text` is the document as JSON text: any text has an answer. `policy_type` is a PolicyType and
    `resource_type` a ValidatePolicyResourceType of the API. A rule reports at most 1,000 findings.
    `approximate` adds the rules that report too much without tables that AWS keeps to itself.

    Raises ValueError for a `policy_type` that the API does not know.
    Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicy.html
    """
    policy = view_policy(text, kind_of(policy_type, resource_type), resource_type)
    lines = Lines(text)
    rules = (json_syntax_error,) if policy.unreadable else RULES
    found = [
        (rule, problem)
        for rule in rules
        if policy.kind in rule.kinds and (approximate or not rule.approximate)
        for problem in islice(rule.check(policy), _MAX_PROBLEMS_PER_RULE)
    ]
    found.sort(key=lambda entry: entry[1].places[0].start)
    return [_finding(rule, problem, lines) for rule, problem in found]


def kind_of(policy_type: str, resource_type: str | None) -> PolicyKind:
    """The kind of policy that a PolicyType and a ValidatePolicyResourceType of the API mean.

    Raises ValueError for a `policy_type` that the API does not know.
    """
    if policy_type not in _KINDS:
        raise ValueError(f"policy type {policy_type!r} is none of {', '.join(_KINDS)}")
    if policy_type == "RESOURCE_POLICY" and resource_type == _TRUST_POLICY:
        return PolicyKind.TRUST
    return _KINDS[policy_type]


def _finding(rule: Rule, problem: Problem, lines: Lines) -> ValidatePolicyFinding:
    return {
        "findingDetails": problem.details + (_APPROXIMATE if rule.approximate else ""),
        "findingType": rule.finding_type,
        "issueCode": rule.code,
        "learnMoreLink": rule.learn_more_link,
        "locations": [_location(place, lines) for place in problem.places],
    }


def _location(place: Place, lines: Lines) -> FindingLocation:
    return {
        "path": list(place.path),
        "span": {"start": _position(place.start, lines), "end": _position(place.end, lines)},
    }


def _position(offset: int, lines: Lines) -> Position:
    line, column = lines.position(offset)
    return {"line": line, "column": column, "offset": offset}
