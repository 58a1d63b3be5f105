"""No secret of a plan reaches a report, whatever is found, or an analyzer elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from policy_gate.analyzers.embedded import EmbeddedAnalyzer
from policy_gate.analyzers.interface import Access, AccessPolicyType, AnalyzerError, Answer
from policy_gate.config.gate import GateConfig, default_config, load_config
from policy_gate.config.section import ConfigError
from policy_gate.extractors.discover import extract_paths
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.model import Extraction, GateReport, Verdict
from policy_gate.runner import run_checks
from tests.command_line import gate
from tests.extractors.terraform.plans import copied

SECRET = "hunter2"


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The plan of four policies with secrets, whose sources hold them as well."""
    folder = copied("sensitive", tmp_path)
    monkeypatch.chdir(folder)
    return folder / "plan.json"


@pytest.mark.parametrize("has_sources", [True, False])
@pytest.mark.parametrize("command", ["run", "extract"])
@pytest.mark.parametrize("format_name", ["console", "json"])
def test_no_secret_is_printed(
    plan: Path, command: str, format_name: str, has_sources: bool
) -> None:
    if not has_sources:
        Path("main.tf").unlink()

    ran = gate(command, "plan.json", "--format", format_name)

    assert ran.status in (0, 2)
    assert SECRET not in ran.out + ran.err
    assert "aws_iam_policy.whole" in ran.out


def test_a_sensitive_policy_fails_without_saying_what_it_says(plan: Path) -> None:
    ran = gate("run", "plan.json", "--format", "json")

    report = json.loads(ran.out)
    (failed,) = [
        result
        for result in report["results"]
        if result["policy"]["resource_address"] == "aws_iam_policy.whole"
        and result["check"] == "access-not-granted"
    ]
    assert failed["verdict"] == "FAIL"
    (finding,) = failed["findings"]
    assert "marked sensitive in the plan" in finding["message"]
    assert finding["witness"] is None
    assert finding["locations"][0]["line"] == 63


class Remote(EmbeddedAnalyzer):
    """An analyzer elsewhere, which keeps what it is sent."""

    name = "aws"
    sends_documents = True

    def __init__(self) -> None:
        super().__init__()
        super().__init__()
        self.sent: list[str] = []

    def check_access_not_granted(
        self, policyDocument: str, access: Access, policyType: AccessPolicyType
    ) -> Answer:
        self.sent.append(policyDocument)
        raise AnalyzerError("ThrottlingException", f"quoting {policyDocument}")


def checked(found: Extraction, config: GateConfig, analyzer: Remote) -> GateReport:
    return run_checks(found, config, analyzer, "")


def test_a_sensitive_policy_is_not_sent_to_aws(plan: Path) -> None:
    found = extract_paths([plan], [], ExtractSettings())
    analyzer = Remote()

    report = checked(found, default_config(), analyzer)

    assert analyzer.sent
    assert not any(SECRET in document for document in analyzer.sent)
    not_sent = [result for result in report.results if "is not sent to AWS" in result.message]
    assert {result.verdict for result in not_sent} == {Verdict.UNKNOWN}
    assert {result.blocking for result in not_sent} == {True}


def test_it_is_sent_where_the_configuration_says_so(plan: Path) -> None:
    Path(".policy-gate.yml").write_text(
        "aws: {send-sensitive: true}\nchecks: {access-not-granted: {actions: ['iam:*']}}\n"
    )
    config = load_config(Path(".policy-gate.yml"))
    analyzer = Remote()

    report = checked(extract_paths([plan], [], ExtractSettings()), config, analyzer)

    assert any(SECRET in document for document in analyzer.sent)
    assert SECRET not in repr(report)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("aws: {send-sensitive: yes please}", "`true` or `false` is expected here"),
        ("aws: {send-secrets: true}", "unknown key"),
        ("aws: 1", "a mapping is expected here"),
        ("terraform-roots: [nowhere]", "there is no folder"),
    ],
)
def test_errors_in_the_configuration_name_the_line(plan: Path, text: str, message: str) -> None:
    Path("gate.yml").write_text(f"checks: {{validate-policy: true}}\n{text}\n")

    with pytest.raises(ConfigError, match=message) as raised:
        load_config(Path("gate.yml"))

    assert "gate.yml:2" in str(raised.value)


def test_lines_of_a_plan_are_never_shown(plan: Path) -> None:
    content = json.loads(plan.read_text())
    plan.write_text(json.dumps(content, indent=1))
    Path("main.tf").unlink()

    ran = gate("run", "plan.json")

    assert "plan.json:" in ran.out
    assert '"address"' not in ran.out
