"""The JSON of cfn-policy-validator, for scripts that read its output.

Source: `Report.to_json` and `Finding` of https://pypi.org/project/cfn-policy-validator, 0.0.37.
"""

from __future__ import annotations

import json
from typing import Any, TextIO

from policy_gate.model import Finding, GateReport, PolicyIdentity, PolicyKind, Severity
from policy_gate.reporters.json_report import guarded
from policy_gate.reporters.problem_list import Problem, list_problems
from policy_gate.reporters.visible import one_line
from policy_gate.reporters.wording import request

_CODES = {
    "CHECK_NO_NEW_ACCESS": "policy-analysis-CheckNoNewAccess",
    "CHECK_ACCESS_NOT_GRANTED": "policy-analysis-CheckAccessNotGranted",
    "CHECK_NO_PUBLIC_ACCESS": "policy-analysis-CheckNoPublicAccess",
}
"""Its codes of the custom policy checks; those of ValidatePolicy are the same as ours."""

_POLICY_NAMES = {
    "AWS::Backup::BackupVault": "AccessPolicy",
    "AWS::CloudTrail::ResourcePolicy": "ResourcePolicy",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::Lambda::LayerVersionPermission": "PermissionsPolicy",
    "AWS::Lambda::Permission": "PermissionsPolicy",
    "AWS::S3::AccessPoint": "AccessPointPolicy",
    "AWS::S3::BucketPolicy": "BucketPolicy",
    "AWS::S3::MultiRegionAccessPointPolicy": "MultiRegionAccessPointPolicy",
    "AWS::S3Tables::TableBucketPolicy": "TableBucketPolicy",
    "AWS::SNS::TopicPolicy": "TopicPolicy",
    "AWS::SQS::QueuePolicy": "QueuePolicy",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
}
"""What it calls the policy of a resource, by the resource type that has it in the template."""


class CfnPolicyValidatorReporter:
    """What blocks and what does not; a result without an answer is a finding too."""

    name = "cfn-policy-validator"

    def write(self, report: GateReport, stream: TextIO) -> None:
        problems = list_problems(report)
        content = {
            "BlockingFindings": [_finding(item) for item in problems if item.blocking],
            "NonBlockingFindings": [_finding(item) for item in problems if not item.blocking],
        }
        stream.write(guarded(json.dumps(content, indent=4, ensure_ascii=True)) + "\n")


REPORTER = CfnPolicyValidatorReporter()


def _finding(problem: Problem) -> dict[str, Any]:
    identity = problem.result.identity
    accepted = f" ({one_line(problem.accepted)})" if problem.accepted else ""
    return {
        "findingType": _type(problem),
        "code": one_line(_CODES.get(problem.code, problem.code)),
        "message": one_line(problem.message) + accepted,
        "resourceName": one_line(identity.resource_address or identity.file),
        "policyName": one_line(_policy_name(identity)),
        "details": _details(problem),
    }


def _type(problem: Problem) -> str:
    """One of its four; a result without an answer is an ERROR where it blocks."""
    if problem.severity is Severity.NOTE:
        return Severity.SUGGESTION.value
    if problem.severity:
        return problem.severity.value
    return Severity.ERROR.value if problem.blocking else Severity.WARNING.value


def _policy_name(identity: PolicyIdentity) -> str:
    if identity.kind is PolicyKind.TRUST:
        return "TrustPolicy"
    if identity.kind is PolicyKind.RESOURCE:
        return _POLICY_NAMES.get(identity.resource_type, "Policy")
    return identity.policy_name


def _details(problem: Problem) -> dict[str, Any]:
    """The answer of Access Analyzer in its own shape, as far as the report knows it."""
    finding = problem.finding
    if finding and problem.code in _CODES:
        return _check_details(finding)
    details: dict[str, Any] = {
        "findingType": _type(problem),
        "findingDetails": one_line(problem.message),
        "issueCode": one_line(problem.code),
    }
    if finding and finding.help:
        details["learnMoreLink"] = one_line(finding.help)
    if finding:
        path: list[dict[str, Any]] = []
        if finding.statement_index is not None:
            path = [{"value": "Statement"}, {"index": finding.statement_index}]
        details["locations"] = [{"path": path, "span": _span(problem)}]
    return details


def _check_details(finding: Finding) -> dict[str, Any]:
    description = one_line(finding.message)
    if finding.witness:
        description += f" Witness: {one_line(request(finding.witness))}"
    reason: dict[str, Any] = {"description": description}
    if finding.statement_index is not None:
        reason["statementIndex"] = finding.statement_index
    if finding.sid:
        reason["statementId"] = one_line(finding.sid)
    return {"result": "FAIL", "message": one_line(finding.message), "reasons": [reason]}


def _span(problem: Problem) -> dict[str, Any]:
    """Lines of the template, not of the policy alone; columns from 0, as the API has them."""
    place = problem.location
    if place is None:
        return {}
    return {
        "start": {"line": place.line, "column": place.column - 1},
        "end": {"line": place.end_line, "column": place.end_column - 1},
    }
