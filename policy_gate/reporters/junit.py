"""JUnit XML: a test suite for each file, a test case for each policy and check.

Jenkins, GitLab (https://docs.gitlab.com/ci/testing/unit_test_reports/), CodeBuild
(https://docs.aws.amazon.com/codebuild/latest/userguide/test-reporting.html) and Azure read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from junitparser import Attr, Error, Failure, JUnitXml, Skipped, TestCase, TestSuite
from junitparser.junitparser import FinalResult

from policy_gate.model import CheckResult, Finding, GateReport, ReasonCode, Status, Verdict
from policy_gate.reporters.problems import in_order
from policy_gate.reporters.repository import Repository
from policy_gate.reporters.visible import RUNNER_COMMAND, one_line
from policy_gate.reporters.wording import (
    acceptance,
    accepted,
    assumption,
    coverage_line,
    effect,
    policy,
    report_outcome,
    request,
    statement,
    waived_by,
)


class _Case(TestCase):
    """GitLab links the file of a test case."""

    file = Attr()


class JUnitReporter:
    """What does not pass comes first: CodeBuild shows no more than 500 test cases of a report."""

    name = "junit"

    def write(self, report: GateReport, stream: TextIO) -> None:
        xml = JUnitXml("policy-gate")
        repository = Repository()
        for file, results in _by_file(report.results).items():
            suite = TestSuite(one_line(repository.path(file)))
            suite.add_testcases([_case(result, repository) for result in results])
            xml.add_testsuite(suite)
        if report.status is Status.EMPTY:
            xml.add_testsuite(_empty(report))
        xml.update_statistics()  # type: ignore[no-untyped-call]
        data: bytes = xml.tostring()  # type: ignore[no-untyped-call]
        text = data.decode().encode("ascii", "xmlcharrefreplace").decode()
        # No CI runner shall find a command of its own in it.
        shown = RUNNER_COMMAND.sub("#&#35;", text[text.index("<testsuites") :])
        lines = shown.replace("><", ">\n<")
        stream.write(f'<?xml version="1.0" encoding="utf-8"?>\n{lines}\n')


REPORTER = JUnitReporter()


def _by_file(results: Iterable[CheckResult]) -> dict[str, list[CheckResult]]:
    files: dict[str, list[CheckResult]] = {}
    for result in sorted(in_order(results), key=_passes):
        files.setdefault(result.identity.file, []).append(result)
    return files


def _passes(result: CheckResult) -> bool:
    return not result.blocking


def _case(result: CheckResult, repository: Repository) -> _Case:
    name = policy(result.identity) or "the file"
    check = f": {result.check}" if result.check else ""
    case = _Case(one_line(f"{name}{check}"), one_line(repository.path(result.identity.file)))
    file = result.location.path if result.location else result.identity.file
    case.file = one_line(repository.path(file))
    outcome = _outcome(result)
    if outcome is not None:
        outcome.text = _details(result)
        case.result = [outcome]
    elif result.findings:
        case.system_out = _details(result)
    return case


def _outcome(result: CheckResult) -> FinalResult | None:
    """What a test runner would say; nothing where the policy passes."""
    message = one_line(result.message or _summary(result.findings))
    kind = result.verdict.value
    if result.verdict is Verdict.ERROR:
        return Error(message, kind)
    if result.blocking:
        return Failure(message, kind)
    if result.verdict in (Verdict.PASS, Verdict.FAIL):
        return None
    if result.reason is ReasonCode.NOT_APPLICABLE:
        return Skipped("not applicable", kind)
    how = acceptance(result) if result.verdict is Verdict.UNKNOWN else ""
    return Skipped(f"{kind}: {message}" + (f" ({one_line(how)})" if how else ""), kind)


def _summary(findings: Sequence[Finding]) -> str:
    """Without what was accepted before, where there is more than that."""
    still_open = [item for item in findings if item.blocking or not acceptance(item)]
    told = "; ".join(finding.message for finding in still_open or findings)
    return told or "no reason was given"


def _details(result: CheckResult) -> str:
    """The findings and what there is to know; no line begins with a text from outside."""
    lines = [line for finding in result.findings for line in _finding(finding)]
    if not result.findings:
        place = result.location or result.identity.file
        lines = [f"At: {place}", f"Effect: {effect(result)}"]
        if result.waiver:
            lines.append(f"Waived: {waived_by(result.waiver)}")
        lines += [f"Assumes: {assumption(assumed)}" for assumed in result.assumptions]
    return "\n".join(one_line(line) for line in lines)


def _finding(finding: Finding) -> list[str]:
    blocks = "" if finding.blocking else f" ({accepted(finding) or 'does not block'})"
    rows = [
        ("At", ", ".join(str(location) for location in finding.locations)),
        ("Statement", statement(finding)),
        ("Witness", request(finding.witness) if finding.witness else ""),
        ("Fix", finding.fix or ""),
        ("Waived", waived_by(finding.waiver)),
        ("When", finding.world),
        *(("Assumes", assumption(assumed)) for assumed in finding.assumptions),
        ("Help", finding.help or ""),
        ("Fingerprint", finding.fingerprint),
    ]
    head = f"{finding.severity.value} {finding.code}{blocks}: {finding.message}"
    return [head, *(f"{label}: {text}" for label, text in rows if text)]


def _empty(report: GateReport) -> TestSuite:
    """A report without a test case would look as if all was well."""
    suite = TestSuite("policy-gate")
    case = TestCase("something to check")
    message = report_outcome(report)
    case.result = [(Failure if report.exit_status else Skipped)(message, Status.EMPTY.value)]
    suite.add_testcases([case])
    suite.add_property("coverage", coverage_line(report.coverage))
    return suite
