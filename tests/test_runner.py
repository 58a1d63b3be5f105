"""What the runner makes of answers: one report, one status, and a fault of ours hides nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from policy_gate.analyzers.embedded import EmbeddedAnalyzer
from policy_gate.analyzers.interface import Access, AccessPolicyType, AnalyzerError, Answer
from policy_gate.checks.access_not_granted import AccessNotGranted
from policy_gate.checks.no_public_access import NoPublicAccess
from policy_gate.checks.targets import Targets
from policy_gate.checks.validate_policy import ValidatePolicy
from policy_gate.config.gate import GateConfig
from policy_gate.extractors.discover import extract_paths
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.model import GateReport, ReasonCode, Status, Verdict
from policy_gate.runner import run_checks
from tests.command_line import allow, template


class Failing(EmbeddedAnalyzer):
    """Fails at one of the questions, with an error of the service or a fault of its own."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def check_access_not_granted(
        self, document: str, access: Access, policy_type: AccessPolicyType
    ) -> Answer:
        raise self.error


pytestmark = pytest.mark.usefixtures("own_folder")


def report(text: str, analyzer: EmbeddedAnalyzer, unknown_blocks: bool = True) -> GateReport:
    Path("t.json").write_text(text)
    checks = (
        ValidatePolicy(),
        AccessNotGranted(Access(("iam:CreateUser",)), Targets(("identity",))),
    )
    extraction = extract_paths([Path("t.json")], [], ExtractSettings())
    return run_checks(
        extraction, GateConfig(checks, unknown_blocks=unknown_blocks), analyzer, "because"
    )


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (AnalyzerError("ThrottlingException", "Rate exceeded"), "Rate exceeded"),
        (RecursionError("too deep"), "RecursionError in checks/access_not_granted.py, line"),
    ],
)
def test_an_error_is_a_result_and_never_a_finding(error: Exception, message: str) -> None:
    made = report(template(allow("s3:Get*")), Failing(error))

    assert (made.status, made.exit_status) == (Status.ERROR, 1)
    by_check = {result.check: result for result in made.results}
    assert by_check["validate-policy"].verdict is Verdict.PASS
    failed = by_check["access-not-granted"]
    assert (failed.verdict, failed.findings, failed.blocking) == (Verdict.ERROR, (), True)
    assert message in failed.message
    assert (made.coverage.found, made.coverage.checked, made.coverage.errors) == (1, 0, 1)


def test_a_finding_makes_the_run_failed_whatever_else_went_wrong() -> None:
    error = AnalyzerError("AccessDeniedException", "no")
    made = report(template(allow("iam:PassRole")), Failing(error))
    assert (made.status, made.exit_status) == (Status.FAILED, 2)
    assert (made.coverage.failed, made.coverage.errors) == (1, 0)


def test_what_may_be_reported_only_does_not_block_but_is_never_counted_as_passed() -> None:
    unreadable = '{"Resources": {"S": {"Type": "AWS::CloudFormation::Stack", "Properties":'
    unreadable += ' {"TemplateURL": "https://example.com"}}}}'
    made = report(unreadable, EmbeddedAnalyzer())
    assert (made.status, made.exit_status) == (Status.FAILED, 2)
    assert made.coverage.not_checked[ReasonCode.NOT_ANALYSED] == 1

    made = report(unreadable, EmbeddedAnalyzer(), unknown_blocks=False)
    assert (made.status, made.exit_status) == (Status.EMPTY, 3)
    assert made.coverage.passed == 0


def test_who_answered_and_why_is_in_the_report() -> None:
    made = report(template(), EmbeddedAnalyzer())
    assert (made.analyzer, made.analyzer_reason) == ("embedded", "because")


def test_each_policy_counts_once_by_the_worst_of_its_results() -> None:
    statement = allow("iam:CreateUser", {"Ref": "AWS::StackName"}, Effect={"Ref": "AWS::StackName"})
    made = report(template(statement), EmbeddedAnalyzer())
    assert len(made.results) == 2
    coverage = made.coverage
    assert (coverage.found, coverage.checked, coverage.passed) == (1, 0, 0)
    assert coverage.unknown == 1


def test_a_policy_whose_public_access_is_not_asked_about_is_noted() -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}
    repository = {
        "Type": "AWS::ECR::Repository",
        "Properties": {"RepositoryPolicyText": {"Version": "2012-10-17", "Statement": [statement]}},
    }
    text = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"R": repository}})
    Path("t.json").write_text(text)
    extraction = extract_paths([Path("t.json")], [], ExtractSettings())
    config = GateConfig((ValidatePolicy(), NoPublicAccess()))

    made = run_checks(extraction, config, EmbeddedAnalyzer(), "because")

    assert made.notes == (
        "The check no-public-access has no question for policies of AWS::ECR::Repository.",
    )
