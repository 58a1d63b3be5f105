from __future__ import annotations

import os
import pty
import select
from dataclasses import replace
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from hypothesis import given

from policy_gate.model import (
    CheckResult,
    Coverage,
    Finding,
    GateReport,
    PolicyIdentity,
    PolicyKind,
    Status,
    Verdict,
)
from policy_gate.reporters.registry import find_reporter
from tests.properties import examples
from tests.reporters.reports import (
    DELETE_TABLE,
    INLINE,
    INLINE_AT,
    NOT_ANALYSED,
    PASS_ROLE,
    SUGGESTION,
    THROTTLED,
    UNAVAILABLE,
    UNDECIDED,
    failed_report,
    fails,
    passed_report,
    passes,
    report,
    span,
    undecided_report,
)
from tests.reporters.snapshot import assert_snapshot
from tests.reporters.strategies import reports


class TerminalText(StringIO):
    """What a terminal would get."""

    def isatty(self) -> bool:
        return True


def printed(shown: GateReport, stream: StringIO | None = None) -> str:
    stream = stream or StringIO()
    find_reporter("console").write(shown, stream)
    return stream.getvalue()


def failing(*findings: Finding) -> GateReport:
    results = [fails(INLINE, INLINE_AT, "access-not-granted", *findings)]
    return report(Status.FAILED, 2, results, Coverage(found=1, checked=1, failed=1))


def hostile_report() -> GateReport:
    attack = "\x1b[2J\r\n::error::forged ##[error]forged\u202eddrowkcab\ud800 end"
    identity = PolicyIdentity("::error::x.yaml", attack, attack, "漢字", PolicyKind.IDENTITY)
    finding = replace(
        DELETE_TABLE, message=attack, sid=attack, fix=f"{'long ' * 20}::error::forged", world=attack
    )
    results = [
        fails(identity, INLINE_AT, "access-not-granted", finding),
        CheckResult(identity, "validate-policy", Verdict.PASS, location=INLINE_AT),
        CheckResult(identity, attack, Verdict.ERROR, message=attack, blocking=True),
    ]
    coverage = Coverage(found=1, errors=1)
    return report(Status.ERROR, 1, results, coverage, (attack,))


def worlds_report() -> GateReport:
    in_other = replace(PASS_ROLE, world="Env other than dev")
    in_both = (
        replace(DELETE_TABLE, world="Env is dev"),
        replace(DELETE_TABLE, world="Env is prod"),
    )
    results = [
        *passes(INLINE, INLINE_AT, "no-new-access (perimeter)", "validate-policy"),
        fails(INLINE, INLINE_AT, "no-new-access (perimeter)", in_other),
        fails(INLINE, INLINE_AT, "access-not-granted", in_both[0]),
        fails(INLINE, INLINE_AT, "access-not-granted", in_both[1]),
    ]
    return report(Status.FAILED, 2, results, Coverage(found=1, checked=1, failed=1))


REPORTS = {
    "passed": passed_report(),
    "failed": failed_report(),
    "unknown": undecided_report(Status.FAILED, 2, UNDECIDED),
    "unknown-reported": undecided_report(Status.PASSED, 0, replace(UNDECIDED, blocking=False)),
    "error": undecided_report(Status.ERROR, 1, THROTTLED),
    "not-analysed": undecided_report(Status.FAILED, 2, UNAVAILABLE, NOT_ANALYSED),
    "empty": report(Status.EMPTY, 3, [], Coverage(skipped_files=4)),
    "hostile": hostile_report(),
    "worlds": worlds_report(),
}


@pytest.mark.parametrize("name", REPORTS)
def test_snapshot(name: str) -> None:
    assert_snapshot(name, printed(REPORTS[name]))


def test_snapshot_of_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("NO_COLOR", "1")
    text = printed(failed_report(), TerminalText())
    assert_snapshot("narrow", text)
    too_long = [line for line in text.splitlines() if len(line) > 40]
    assert all(len(line.split()[-1]) > 20 for line in too_long), "only long words stick out"


def test_snapshot_of_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert_snapshot("colours", printed(failed_report(), TerminalText()).replace("\x1b", "<ESC>"))


def test_a_pseudo_terminal_gets_colours() -> None:
    controller, terminal = pty.openpty()
    with open(terminal, "w", encoding="utf-8") as stream:
        find_reporter("console").write(passed_report(), stream)
        stream.flush()
        # What was written may come in several pieces.
        received = ""
        while select.select([controller], [], [], 1)[0]:
            received += os.read(controller, 10_000).decode()
    os.close(controller)
    assert "\x1b[32mPASSED\x1b[0m: 2 of 2 policies passed" in received


@pytest.mark.parametrize(
    ("name", "value"), [("NO_COLOR", "1"), ("CI", "true"), ("TERM", "dumb"), ("CI", "1")]
)
def test_the_environment_turns_colours_off(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    assert "\x1b" not in printed(failed_report(), TerminalText())


@pytest.mark.parametrize("name", ["NO_COLOR", "CI"])
def test_an_empty_variable_leaves_colours_on(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "")
    assert "\x1b[" in printed(failed_report(), TerminalText())


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8", "utf-16"])
def test_any_encoding_of_the_stream_will_do(encoding: str) -> None:
    stream = TextIOWrapper(BytesIO(), encoding=encoding)
    find_reporter("console").write(hostile_report(), stream)
    stream.seek(0)
    text = stream.read()
    assert "ERROR: 1 blocking finding, 1 error" in text
    assert (r"\u6f22\u5b57" in text) == (encoding in {"ascii", "cp1252"})


@examples(40)
@given(reports)
def test_no_text_can_forge_a_line_a_command_or_a_cursor_movement(shown: GateReport) -> None:
    text = printed(shown)
    assert all(char.isprintable() for char in text.replace("\n", ""))
    assert "##[" not in text
    assert "##vso[" not in text
    own = ["File", "PASSED", "FAILED", "ERROR", "NOTHING TO CHECK", "Coverage:", "Analyzer:"]
    own += ["Access since ", "Access was not compared ", "Baseline:", "Note:", "Defaults taken:"]
    own += ["AWS calls: ", "Rests on: ", "Next:"]
    for line in text.splitlines():
        assert not line.lstrip().startswith("::")
        assert line.startswith(("  ", *own)) or not line


@examples(40)
@given(reports)
def test_the_order_of_results_does_not_matter(shown: GateReport) -> None:
    one_file = tuple(
        replace(result, identity=INLINE, check=str(number), findings=())
        for number, result in enumerate(shown.results)
    )
    backwards = replace(shown, results=tuple(reversed(one_file)))
    assert printed(replace(shown, results=one_file)) == printed(backwards)


def test_a_fail_without_a_finding_is_shown() -> None:
    result = replace(fails(INLINE, INLINE_AT, "no-public-access"), message="It is public.")
    text = printed(report(Status.FAILED, 2, [result], Coverage(found=1, checked=1, failed=1)))
    assert "  FAIL: It is public.\n    --> role.yaml:21:13\n    effect     blocks\n" in text


def test_the_same_finding_is_printed_once() -> None:
    text = printed(failing(DELETE_TABLE, DELETE_TABLE))
    assert text.count("error[ACCESS_GRANTED]") == 1
    assert "FAILED: 1 blocking finding;" in text


def test_findings_without_fingerprint_are_all_printed() -> None:
    nameless = replace(DELETE_TABLE, fingerprint="")
    text = printed(failing(nameless, replace(nameless, message="Another one.")))
    assert text.count("error[ACCESS_GRANTED]") == 2


def test_a_finding_that_blocks_in_one_world_blocks() -> None:
    informs = replace(SUGGESTION, world="Env is dev")
    text = printed(failing(informs, replace(SUGGESTION, world="", blocking=True)))
    assert "does not block" not in text
    assert "when" not in text


def test_blocking_findings_come_first() -> None:
    text = printed(failing(replace(SUGGESTION, locations=(span(1, 1, 2),)), DELETE_TABLE))
    assert text.index("error[ACCESS_GRANTED]") < text.index("(does not block)")


def test_a_source_outside_of_the_working_directory_is_not_quoted(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    secret = tmp_path_factory.mktemp("elsewhere") / "credentials"
    secret.write_text("aws_secret_access_key = hunter2\n")
    named = replace(DELETE_TABLE, locations=(span(1, 1, 5, str(secret)),))
    assert "hunter2" not in printed(failing(named))


def test_an_input_outside_of_the_working_directory_is_quoted(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    template = tmp_path_factory.mktemp("elsewhere") / "template.yaml"
    template.write_text("Resources: {}\n")
    location = span(1, 1, 10, str(template))
    identity = INLINE._replace(file=str(template))
    finding = replace(DELETE_TABLE, locations=(location,))
    results = [fails(identity, location, "access-not-granted", finding)]
    text = printed(report(Status.FAILED, 2, results, Coverage(found=1, checked=1, failed=1)))
    assert " 1 | Resources: {}\n         | ^^^^^^^^^\n" in text
