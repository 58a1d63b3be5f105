"""Policies that are marked sensitive: they are checked, and nothing of what they say is shown."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from policy_gate.analyzers.embedded import EmbeddedAnalyzer
from policy_gate.analyzers.interface import (
    Access,
    AccessPolicyType,
    AnalyzerError,
    Answer,
    PolicyType,
    ValidatePolicyFinding,
)
from policy_gate.checks.access_not_granted import AccessNotGranted
from policy_gate.checks.interface import Check
from policy_gate.checks.no_new_access import NoNewAccess
from policy_gate.checks.targets import Targets
from policy_gate.checks.validate_policy import ValidatePolicy
from policy_gate.config.gate import GateConfig
from policy_gate.extractors.discover import extract_paths
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.model import (
    Assumption,
    AssumptionKind,
    Change,
    Extraction,
    GateReport,
    Status,
    Verdict,
)
from policy_gate.reporters import console, extraction, json_report
from policy_gate.runner import run_checks
from tests.command_line import allow, template

SECRET = "hunter2"
IDENTITY = Targets(("identity",))
DENY_ALL = '{"Version": "2012-10-17", "Statement": []}'
CHECKS: tuple[Check, ...] = (
    ValidatePolicy(),
    AccessNotGranted(Access(("iam:CreateUser",)), IDENTITY),
    NoNewAccess("perimeter", DENY_ALL, IDENTITY),
)
STATEMENTS = (
    allow("s3:GetObject", f"arn:aws:s3:::{SECRET}/*", Sid=SECRET),
    allow("iam:*", Condition={"StringEquals": {f"aws:PrincipalTag/{SECRET}": SECRET}}),
    allow(f"s3:{SECRET}", Condition={f"String{SECRET}": {"aws:username": SECRET}}),
)


class Counting(EmbeddedAnalyzer):
    """An analyzer that sends documents away, and counts how often."""

    name = "aws"
    sends_documents = True
    asked = 0

    def validate_policy(
        self,
        document: str,
        policy_type: PolicyType,
        resource_type: str | None = None,
    ) -> list[ValidatePolicyFinding]:
        self.asked += 1
        return super().validate_policy(document, policy_type, resource_type)


class Quoting(EmbeddedAnalyzer):
    """Quotes the document where it fails."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def check_access_not_granted(
        self, document: str, access: Access, policy_type: AccessPolicyType
    ) -> Answer:
        raise self.error


pytestmark = pytest.mark.usefixtures("own_folder")


def extracted(statements: Sequence[object] = STATEMENTS, is_sensitive: bool = True) -> Extraction:
    """The policy `app` of a file that shows the secret too, as a plan does."""
    Path("t.json").write_text(template(*statements))
    found = extract_paths([Path("t.json")], [], ExtractSettings())
    assumption = Assumption(AssumptionKind.SUPPLIED, f"${{{SECRET}}}", f"any value but {SECRET}")
    (policy,) = found.policies
    policy = replace(
        policy,
        is_sensitive=is_sensitive,
        assumptions=(assumption,),
        change=Change("update", {"Statement": SECRET}),
    )
    return replace(found, policies=(policy,))


def report(
    found: Extraction, analyzer: EmbeddedAnalyzer | None = None, sends_sensitive: bool = False
) -> GateReport:
    config = GateConfig(CHECKS, sends_sensitive=sends_sensitive)
    return run_checks(found, config, analyzer or EmbeddedAnalyzer(), "because")


def shown(made: GateReport) -> str:
    """Everything that the reports print."""
    stream = io.StringIO()
    console.REPORTER.write(made, stream)
    json_report.REPORTER.write(made, stream)
    return stream.getvalue()


def test_findings_keep_code_and_place_and_nothing_of_the_text() -> None:
    plain, masked = report(extracted(is_sensitive=False)), report(extracted())

    assert SECRET in shown(plain)
    assert SECRET not in shown(masked)
    assert masked.status is Status.FAILED
    assert masked.coverage == plain.coverage
    for before, after in zip(plain.results, masked.results, strict=True):
        assert (after.check, after.verdict) == (before.check, before.verdict)
        kept = [
            [(item.code, item.severity, item.locations, item.statement_index) for item in findings]
            for findings in (before.findings, after.findings)
        ]
        assert kept[0] == kept[1]
        assert kept[0] or after.verdict is Verdict.PASS
    messages = {item.message for result in masked.results for item in result.findings}
    assert (
        "statement 1 allows access that the reference policy does not;"
        " the policy is marked sensitive in the plan, so what it says is not shown"
    ) in messages


def test_fingerprints_tell_findings_apart_and_nothing_of_the_text() -> None:
    other = json.loads(json.dumps(STATEMENTS).replace(SECRET, "swordfish"))

    first, second = (
        [item.fingerprint for result in report(found).results for item in result.findings]
        for found in (extracted(), extracted(other))
    )

    assert first == second
    assert len(set(first)) == len(first)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (AnalyzerError("ValidationException", f"bad value {SECRET}"), "ValidationException: the"),
        (KeyError(SECRET), "KeyError in "),
    ],
)
def test_errors_quote_nothing(error: Exception, message: str) -> None:
    made = report(extracted(), Quoting(error))

    (failed,) = [result for result in made.results if result.verdict is Verdict.ERROR]
    assert message in failed.message
    assert SECRET not in shown(made)


def test_a_document_that_is_no_policy_is_an_error_that_quotes_nothing() -> None:
    found = extracted([{"Effect": SECRET, "Action": "s3:*", "Resource": "*"}])

    made = report(found)

    assert Verdict.ERROR in {result.verdict for result in made.results}
    assert SECRET not in shown(made)


def test_it_is_not_sent_away_unless_the_configuration_says_so() -> None:
    analyzer = Counting()

    made = report(extracted(), analyzer)

    assert analyzer.asked == 0
    assert {result.verdict for result in made.results} == {Verdict.UNKNOWN}
    assert all("set aws.send-sensitive" in result.message for result in made.results)
    assert made.exit_status == 2
    assert report(extracted(is_sensitive=False), analyzer).coverage.unknown == 0
    assert analyzer.asked == 1

    sent = report(extracted(), analyzer, sends_sensitive=True)
    assert analyzer.asked == 2
    assert sent.coverage.unknown == 0
    assert SECRET not in shown(sent)


def test_extract_shows_where_it_is_and_what_happens_to_it() -> None:
    stream = io.StringIO()
    extraction.write_json(extracted(), stream)
    extraction.write_console(extracted(), stream)
    assert SECRET not in stream.getvalue()

    stream = io.StringIO()
    extraction.write_json(extracted(), stream)
    (policy,) = json.loads(stream.getvalue())["policies"]
    assert policy["document"] == "(marked sensitive in the plan: not shown)"
    assert policy["change"] == {"action": "update", "previous": policy["document"]}
    assert sorted(policy["locations"]) == [
        "",
        "Statement",
        "Statement/0",
        "Statement/1",
        "Statement/2",
    ]


def test_extract_shows_the_change_of_other_policies() -> None:
    stream = io.StringIO()
    extraction.write_json(extracted(is_sensitive=False), stream)
    (policy,) = json.loads(stream.getvalue())["policies"]
    assert policy["change"] == {"action": "update", "previous": {"Statement": SECRET}}

    stream = io.StringIO()
    extraction.write_console(extracted(is_sensitive=False), stream)
    assert "Policy / app  update" in stream.getvalue()
