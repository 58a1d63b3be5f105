"""ValidatePolicy: is the policy valid, and written as AWS advises?

Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicy.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from policy_gate.analyzers.interface import Analyzer, PolicyType, ValidatePolicyFinding
from policy_gate.checks.as_written import as_written
from policy_gate.checks.federated_principals import with_named_providers
from policy_gate.checks.findings import (
    assumptions_of,
    fingerprint,
    numbered,
    statement_at,
    value_at,
)
from policy_gate.checks.interface import Check
from policy_gate.checks.widening import CannotWidenError, is_supplied, rendered, widened
from policy_gate.config.key import Key, Keys
from policy_gate.config.section import Section
from policy_gate.model import (
    CheckResult,
    DeferredText,
    DocumentPath,
    Finding,
    Location,
    Policy,
    PolicyKind,
    Severity,
    Value,
    Verdict,
)

# Their policies have no Resource element: the repository itself is meant.
_WITHOUT_RESOURCE = frozenset({"AWS::ECR::PublicRepository", "AWS::ECR::Repository"})

# Elements whose texts may hold wildcards.
_PATTERNS = frozenset({"Action", "NotAction", "Resource", "NotResource"})

BLOCKING_BY_DEFAULT = (Severity.ERROR, Severity.SECURITY_WARNING)

_FINDING_TYPES = tuple(item.value for item in Severity if item is not Severity.NOTE)

_POLICY_TYPES: dict[PolicyKind, PolicyType] = {
    PolicyKind.IDENTITY: "IDENTITY_POLICY",
    PolicyKind.TRUST: "RESOURCE_POLICY",
    PolicyKind.RESOURCE: "RESOURCE_POLICY",
    PolicyKind.SERVICE_CONTROL: "SERVICE_CONTROL_POLICY",
    PolicyKind.RESOURCE_CONTROL: "RESOURCE_CONTROL_POLICY",
}


@dataclass(frozen=True)
class ValidatePolicy:
    """The question, and the finding types that block."""

    fail_on: tuple[Severity, ...] = BLOCKING_BY_DEFAULT
    name: str = "validate-policy"

    def applies_to(self, policy: Policy) -> bool:
        del policy
        return True

    def note(self, policies: Sequence[Policy]) -> str:
        del policies
        return ""

    def ask(self, policy: Policy, analyzer: Analyzer) -> CheckResult:
        if policy.left_out is not None:
            return self._result(policy, ())
        answered = _answered(policy, analyzer)
        findings = numbered(
            self._finding(policy, found, advice, analyzer.doubt(found["issueCode"]))
            for found, advice in zip(answered, _advice(policy, answered), strict=True)
            if not _is_expected(policy, found["issueCode"])
        )
        return self._result(policy, findings)

    def _result(self, policy: Policy, findings: tuple[Finding, ...]) -> CheckResult:
        verdict, message = Verdict.PASS, ""
        if any(finding.blocking for finding in findings):
            verdict = Verdict.FAIL
        elif reason := _not_known_yet(policy):
            verdict, message = Verdict.UNKNOWN, reason
        return CheckResult(
            policy.identity,
            self.name,
            verdict,
            findings,
            message=message,
            location=policy.sources.locate(()),
            assumptions=policy.assumptions,
        )

    def _finding(
        self, policy: Policy, found: ValidatePolicyFinding, advice: str | None, doubt: str
    ) -> Finding:
        path = _path(found)
        severity = Severity.NOTE if doubt else Severity(found["findingType"])
        index = next((step for step in path[1:2] if isinstance(step, int)), None)
        if index is None and path[:1] == ("Statement",) and len(path) > 1:
            index = 0
        sid = statement_at(policy, index).get("Sid") if index is not None else None
        value = value_at(policy.document, path)
        anchor: dict[str, Value] = {
            "path": "/".join(step for step in path if isinstance(step, str)),
            # Which of two entries is named first depends on their order.
            "values": [value_at(policy.document, other) for other in _paths(found)],
        }
        if found["findingType"] == "SECURITY_WARNING" and index is not None:
            # What it warns of depends on the whole statement.
            anchor["statement"] = statement_at(policy, index)
        return Finding(
            found["issueCode"],
            severity,
            as_written(policy, found["findingDetails"]) + f" ({doubt})" * bool(doubt),
            severity in self.fail_on,
            _locations(policy, found),
            index,
            str(sid) if sid else None,
            fix=advice,
            help=found["learnMoreLink"],
            world=policy.world,
            assumptions=assumptions_of(policy, value),
            fingerprint=fingerprint(policy, self.name, found["issueCode"], anchor),
        )


KEYS: Keys = {
    "fail-on": Key(
        f"a list of {', '.join(f'`{name}`' for name in _FINDING_TYPES)}",
        " and ".join(f"`{severity}`" for severity in BLOCKING_BY_DEFAULT),
        "the finding types that block",
    )
}


def from_config(section: Section) -> list[Check]:
    """One check; `fail-on` names the finding types that block."""
    section.settings(*KEYS)
    if not section.has("fail-on"):
        return [ValidatePolicy()]
    names = section.choices("fail-on", _FINDING_TYPES)
    return [ValidatePolicy(tuple(Severity(name) for name in names))]


def document_text(policy: Policy, supplied: str | None = None) -> str:
    """The document as it is submitted; one that is no JSON is submitted as the text it is."""
    if isinstance(policy.document, str):
        return policy.document
    is_trust = policy.kind is PolicyKind.TRUST
    document = with_named_providers(policy.document) if is_trust else policy.document
    return json.dumps(rendered(document, supplied=supplied))


def _answered(policy: Policy, analyzer: Analyzer) -> list[ValidatePolicyFinding]:
    """The findings that hold whatever deployment supplies."""

    def ask(text: str) -> list[ValidatePolicyFinding]:
        kind, resource_type = _POLICY_TYPES[policy.kind], policy.validate_policy_resource_type
        return analyzer.validate_policy(text, kind, resource_type)

    answered = ask(document_text(policy))
    doubtful = [found for found in answered if _is_about_a_stand_in(policy, found, _path(found))]
    if not any(map(_is_about_a_pattern, doubtful)):
        return [found for found in answered if found not in doubtful]
    # What is said of an action or an ARN stands where a wildcard in place of the value changes
    # nothing, as that s3:Got${Name} exists in no spelling.
    anyway = {_key(found) for found in ask(document_text(policy, supplied="*"))}
    return [
        found
        for found in answered
        if found not in doubtful or (_is_about_a_pattern(found) and _key(found) in anyway)
    ]


def _is_about_a_pattern(found: ValidatePolicyFinding) -> bool:
    return any(step in _PATTERNS for step in _path(found)[1:3])


def _key(found: ValidatePolicyFinding) -> tuple[str, DocumentPath]:
    return found["issueCode"], _path(found)


def _advice(policy: Policy, answered: Sequence[ValidatePolicyFinding]) -> list[str | None]:
    """How to mend each finding, with what people wrote in place of made-up values."""
    if not answered:
        return []
    from policy_gate.linting.fixes import fixes_of
    from policy_gate.linting.view import view_policy

    text, resource_type = document_text(policy), policy.validate_policy_resource_type
    fixes = fixes_of(view_policy(text, policy.kind, resource_type), answered)
    return [
        # Of a text that is partly made up, what is to be written is not known.
        as_written(policy, fix.advice)
        if fix and not _is_about_a_stand_in(policy, found, _path(found))
        else None
        for found, fix in zip(answered, fixes, strict=True)
    ]


def _path(found: ValidatePolicyFinding) -> DocumentPath:
    """The first location as a path of the document."""
    return next(iter(_paths(found)), ())


def _paths(found: ValidatePolicyFinding) -> list[DocumentPath]:
    return [_steps(location["path"]) for location in found["locations"]]


def _steps(elements: list[Any]) -> DocumentPath:
    steps: list[str | int] = []
    for element in elements:
        steps += [element[kind] for kind in ("value", "index", "key") if kind in element]
    return tuple(steps)


def _locations(policy: Policy, found: ValidatePolicyFinding) -> tuple[Location, ...]:
    places = []
    for location in found["locations"]:
        path = _steps(location["path"])
        is_key = bool(location["path"]) and "key" in location["path"][-1]
        places.append(policy.sources.locate_key(path) if is_key else policy.sources.locate(path))
    return tuple(dict.fromkeys(places)) or (policy.sources.locate(()),)


def _is_about_a_stand_in(policy: Policy, found: ValidatePolicyFinding, path: DocumentPath) -> bool:
    """Does the finding judge the form of a text of which deployment supplies a part?

    Security warnings are about what is not limited, and no stand-in limits anything.
    """
    if found["findingType"] == "SECURITY_WARNING":
        return False
    value = value_at(policy.document, path)
    return isinstance(value, DeferredText) and is_supplied(value)


def _is_expected(policy: Policy, code: str) -> bool:
    return code == "MISSING_RESOURCE" and policy.identity.resource_type in _WITHOUT_RESOURCE


def _not_known_yet(policy: Policy) -> str:
    try:
        widened(policy.document)
    except CannotWidenError as error:
        return str(error)
    return ""
