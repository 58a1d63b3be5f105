from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO, TextIOWrapper

import pytest

from policy_gate.model import Coverage, Finding, GateReport, Status
from policy_gate.reporters.markdown import MAX_COMMENT, REPORTER, markdown_within
from policy_gate.reporters.markdown_text import block, code, prose
from tests.reporters.hostile import HOSTILE, hostile_report, printed
from tests.reporters.reports import (
    DELETE_TABLE,
    INLINE,
    INLINE_AT,
    SUGGESTION,
    UNDECIDED,
    failed_report,
    fails,
    passed_report,
    passes,
    report,
    span,
    undecided_report,
)


def failing(*findings: Finding) -> GateReport:
    results = [fails(INLINE, INLINE_AT, "access-not-granted", *findings)]
    return report(Status.FAILED, 2, results, Coverage(found=1, checked=1, failed=1))


def many(errors: int, notices: int) -> GateReport:
    findings = [replace(SUGGESTION, fingerprint=f"n{number}") for number in range(notices)]
    findings += [replace(DELETE_TABLE, fingerprint=f"e{number}") for number in range(errors)]
    return failing(*findings)


def outside_of_code(text: str) -> str:
    """The Markdown without code blocks and code spans."""
    text = re.sub(r"(?ms)^(`{3,})text\n.*?^\1$", "", text)
    return re.sub(r"`[^`\n]*`|<code>.*?</code>", "", text)


def test_what_a_reader_needs_is_there() -> None:
    text = printed("markdown", failed_report())
    assert text.startswith("## ❌ policy-gate: FAILED\n\n3 blocking findings, ")
    for part in (
        "### ⛔ `ACCESS_GRANTED` at `role.yaml:30:21`\n",
        "    30 |                   - dynamodb:Delete*\n       |                     ^^^^^^^",
        "- **Witness:** `The identity can call dynamodb:DeleteTable on arn:aws:",
        "- **Fix:** Name the actions",
        "- **Policy:** `AppRole / app (AWS::IAM::Role, identity policy)`\n",
        "- **Fingerprint:** `3c1f`\n",
        "<details><summary>What does not block</summary>",
        "<details><summary>What passes (1)</summary>",
    ):
        assert part in text
    assert text.count("<details>") == text.count("</details>") == 2


def test_unknown_is_never_among_what_passes() -> None:
    text = printed(
        "markdown", undecided_report(Status.PASSED, 0, replace(UNDECIDED, blocking=False))
    )
    assert "### ⚠️ `UNKNOWN` at `role.yaml:36:19`" in text
    assert "AppRole / app`" not in text.partition("What passes")[2]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_neither_markup_nor_html(name: str) -> None:
    plain = outside_of_code(printed("markdown", hostile_report("plain")))
    text = outside_of_code(printed("markdown", hostile_report(HOSTILE[name])))
    assert len(text.splitlines()) == len(plain.splitlines())
    tag = re.compile(r"</?[a-zA-Z!][^\n]*?>")
    assert tag.findall(text) == tag.findall(plain)
    assert not re.search(r"[@#!](?=\w)", text)
    assert not re.search(r"(?<!\\)[\[\]|`$~]", text)
    assert "://" not in text.replace("\u200b://", "")
    assert "<!--" not in printed("markdown", hostile_report(HOSTILE[name]))
    assert not re.search(r"^\s*/", text, re.MULTILINE)


def test_a_marker_in_a_source_line_is_no_marker(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    file = tmp_path_factory.mktemp("input") / "t.yaml"
    file.write_text("a: <!-- policy-gate:main -->\n```\n````\n</details>\n")
    finding = replace(DELETE_TABLE, locations=(span(1, 1, 5, str(file)),))
    identity = INLINE._replace(file=str(file))
    results = [fails(identity, INLINE_AT, "access-not-granted", finding)]
    text = printed("markdown", report(Status.FAILED, 2, results, Coverage(found=1, failed=1)))
    assert "<!--" not in text
    assert "\n````text\n" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a_b *c* [d](e)", r"a\_b \*c\* \[d\](e)"),
        ("<b>&amp;", "&lt;b&gt;&amp;\u200bamp;"),
        ("# x", r"\# x"),
        ("1. x", r"1\. x"),
        ("- x", r"\- x"),
        ("/approve", r"\/approve"),
        ("@a #1 https://x www.x", "@\u200ba #\u200b1 https\u200b://x www\u200b.x"),
        ("x\ny", r"x\\ny"),
    ],
)
def test_prose(text: str, shown: str) -> None:
    assert prose(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("arn:aws:s3:::b/*", "`arn:aws:s3:::b/*`"),
        ("@a #1", "`@a #1`"),
        ("a|b`c<d", "<code>a&#124;b&#96;c&#60;d</code>"),
        (" a", "<code> a</code>"),
        ("", ""),
    ],
)
def test_code(text: str, shown: str) -> None:
    assert code(text) == shown


def test_a_fence_is_longer_than_any_in_the_lines() -> None:
    assert block(["```", "````x"]) == "`````text\n```\n````x\n`````"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-16"])
def test_any_encoding_of_the_stream_will_do(encoding: str) -> None:
    stream = TextIOWrapper(BytesIO(), encoding=encoding)
    REPORTER.write(hostile_report("漢字"), stream)
    stream.seek(0)
    assert "policy-gate: FAILED" in stream.read()


def test_a_comment_has_all_of_it_where_it_fits() -> None:
    text = markdown_within(failed_report())
    assert text.rstrip("\n") == printed("markdown", failed_report()).rstrip("\n")


@pytest.mark.parametrize("limit", [3_000, 20_000, MAX_COMMENT - 100])
def test_a_comment_fits_and_counts_what_is_left_out(limit: int) -> None:
    text = markdown_within(many(1500, 3500), limit)
    assert len(text) <= limit
    shown = text.count("### ⛔")
    assert f"Left out, as the least severe: {1500 - shown} errors and 3500 notices." in text
    assert len(text) > limit - 1_000


def test_the_least_severe_go_first() -> None:
    text = markdown_within(many(5, 200), 10_000)
    assert text.count("### ⛔") == 5
    assert 0 < text.count("`MISSING_VERSION`") < 200
    assert (
        f"Left out, as the least severe: {200 - text.count('`MISSING_VERSION`')} notices." in text
    )
    assert text.count("<details>") == text.count("</details>")


def test_characters_count_as_github_counts_them() -> None:
    findings = [
        replace(DELETE_TABLE, message="😀" * 900, fingerprint=f"{number}") for number in range(99)
    ]
    text = markdown_within(failing(*findings))
    assert len(text.encode("utf-16-le")) // 2 <= MAX_COMMENT


def test_a_million_characters_in_every_text_fit() -> None:
    text = markdown_within(hostile_report("<" * 1_000_000))
    assert len(text) <= MAX_COMMENT
    assert "policy-gate: FAILED" in text


def test_many_passes_are_counted() -> None:
    results = [
        result
        for number in range(80)
        for result in passes(INLINE._replace(policy_name=f"p{number:02}"), INLINE_AT, "a")
    ]
    shown = report(Status.PASSED, 0, results, Coverage(found=80, checked=80, passed=80))
    assert "- and 30 more\n" in printed("markdown", shown)


def test_a_green_report_is_short() -> None:
    assert len(printed("markdown", passed_report())) < 700
