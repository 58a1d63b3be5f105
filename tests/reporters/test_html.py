from __future__ import annotations

import hashlib
import html
import re
import shutil
import subprocess
from base64 import b64encode
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from policy_gate.model import Coverage, GateReport, Status
from policy_gate.reporters.html import html_page
from tests.reporters.hostile import HOSTILE, hostile_report, printed
from tests.reporters.reports import (
    DELETE_TABLE,
    INLINE,
    INLINE_AT,
    NOT_ANALYSED,
    THROTTLED,
    UNAVAILABLE,
    UNDECIDED,
    failed_report,
    fails,
    passed_report,
    report,
    span,
    undecided_report,
)

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
VOID = {"meta", "input", "link", "br"}


class Page(HTMLParser):
    """The elements of a page, its texts, and whether each element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in {"style", "script"}:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def count(self) -> Counter[str]:
        return Counter(tag for tag, _ in self.elements)


def page(shown: GateReport) -> Page:
    read = Page(printed("html", shown))
    assert read.open == []
    return read


def failing(number: int) -> GateReport:
    findings = [replace(DELETE_TABLE, fingerprint=f"{index}") for index in range(number)]
    results = [fails(INLINE, INLINE_AT, "access-not-granted", *findings)]
    return report(Status.FAILED, 2, results, Coverage(found=1, checked=1, failed=1))


def test_all_of_it_can_be_read_without_javascript() -> None:
    read = page(failed_report())
    for part in (
        "FAILED",
        "3 blocking findings, 1 finding that does not block; 1 of 3 policies passed",
        "The identity can call dynamodb:DeleteTable on arn:aws:dynamodb:us-east-1:111122223333:",
        "Name the actions that the workload needs",
        "AppRole / AssumeRolePolicyDocument",
        "3 policies found, 3 checked, 3 files skipped",
    ):
        assert part in read.text
    hidden = [attributes.get("id") for _, attributes in read.elements if "hidden" in attributes]
    assert hidden == ["filter"], "what needs the script is not there without it"


def test_the_source_has_the_span_marked() -> None:
    text = printed("html", failed_report())
    assert [html.unescape(mark) for mark in re.findall("<mark>(.*?)</mark>", text)] == [
        "dynamodb:Delete*",
        "Effect: Allow",
        "Action: iam:PassRole",
        "Resource: arn:aws:iam::*:role/my-sensitive-roles/my-custom-admin-role",
        "Condition:",
        "- ops",
        "'*'",
        "PolicyDocument",
    ]


def _structure(read: Page) -> list[tuple[str, dict[str, str | None]]]:
    """Without the values of the filters: long texts become the same one."""
    return [element for element in read.elements if element[0] != "option"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_adds_no_element_and_no_attribute(name: str) -> None:
    plain, read = page(hostile_report("plain")), page(hostile_report(HOSTILE[name]))
    for (tag, attributes), (other, expected) in zip(*map(_structure, (read, plain)), strict=True):
        assert (tag, attributes.keys()) == (other, expected.keys())


def test_a_hostile_source_line_is_text(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("input") / "t.yaml"
    file.write_text(f"</pre><script>alert(1)</script>\x1b[2J\u202e{'y' * 100_000}\n")
    finding = replace(DELETE_TABLE, locations=(span(1, 7, 15, str(file)),))
    identity = INLINE._replace(file=str(file))
    results = [fails(identity, INLINE_AT, "access-not-granted", finding)]
    shown = report(Status.FAILED, 2, results, Coverage(found=1, failed=1))
    assert page(shown).count()["script"] == 1
    text = printed("html", shown)
    assert "<mark>&lt;script&gt;</mark>" in text
    assert r"\x1b[2J\u202e" in text
    assert len(text) < 30_000


@pytest.mark.parametrize("kind", ["html", "markdown"])
def test_of_what_is_sensitive_no_line_is_shown(kind: str) -> None:
    result = fails(INLINE, INLINE_AT, "access-not-granted", DELETE_TABLE)
    for is_sensitive in (False, True):
        results = [replace(result, is_sensitive=is_sensitive)]
        text = printed(kind, report(Status.FAILED, 2, results, Coverage(found=1, failed=1)))
        assert ("dynamodb:GetItem" in text) is not is_sensitive


def test_nothing_is_loaded_and_only_our_script_may_run() -> None:
    text = printed("html", failed_report())
    read = Page(text)
    for tag, attributes in read.elements:
        assert not {"src", "href", "action", "style", "onclick", "onload"} & attributes.keys()
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "a"}
    policies = [
        attributes["content"]
        for tag, attributes in read.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL)
    assert style
    assert script
    hashes = [
        b64encode(hashlib.sha256(part[1].encode()).digest()).decode() for part in (style, script)
    ]
    allowed = f"style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'"
    assert policies == [f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"]


def test_it_is_for_light_and_dark_and_for_paper() -> None:
    text = printed("html", failed_report())
    assert '<meta name="color-scheme" content="light dark">' in text
    assert "@media (prefers-color-scheme: dark)" in text
    assert "@media print" in text


def test_results_without_an_answer_are_shown_and_can_be_filtered() -> None:
    shown = undecided_report(Status.FAILED, 2, UNDECIDED, NOT_ANALYSED, THROTTLED, UNAVAILABLE)
    verdicts = Counter(
        attributes["data-verdict"]
        for _, attributes in page(shown).elements
        if "data-verdict" in attributes
    )
    assert verdicts == {"UNKNOWN": 1, "NOT_CHECKED": 2, "ERROR": 1, "PASS": 1}


def test_the_page_is_bounded_and_counts_what_is_left_out() -> None:
    text = html_page(failing(2_000), most=100_000)
    assert len(text) < 130_000
    shown = text.count("<article")
    assert 10 < shown < 2_000
    assert f"Left out, as the least severe: {2_000 - shown} errors." in text


def test_a_green_page_has_no_problem() -> None:
    read = page(passed_report())
    assert read.count()["article"] == 0
    assert "PASSED" in read.text


def browse(file: Path, fragment: str = "") -> tuple[Page, str]:
    """The page after its script ran, and what the browser complains about."""
    assert CHROMIUM
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"]
    profile = f"--user-data-dir={file.parent / 'profile'}"
    address = f"{file.as_uri()}{fragment}"
    ran = subprocess.run(
        [*command, profile, "--dump-dom", address], capture_output=True, text=True, check=True
    )
    console = [line for line in ran.stderr.splitlines() if "CONSOLE" in line]
    return Page(ran.stdout), "\n".join(console)


def shown_items(read: Page) -> list[str | None]:
    return [
        attributes["data-policy"]
        for _, attributes in read.elements
        if "data-policy" in attributes and "hidden" not in attributes
    ]


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")
@pytest.mark.parametrize(
    ("fragment", "shown"),
    [
        ("#search=PassRole+sensitive", 1),
        ("#verdict=FAIL&severity=ERROR", 3),
        ("#file=role.yaml&policy=AppRole+%2F+app", 2),
        ("#search=%3Cscript%3Ealert(1)%3C/script%3E", 0),
    ],
)
def test_a_browser_filters(fragment: str, shown: int, tmp_path: Path) -> None:
    file = tmp_path / "gate.html"
    file.write_text(printed("html", failed_report()), encoding="utf-8")
    read, complaints = browse(file, fragment)
    assert complaints == ""
    assert len(shown_items(read)) == shown
    assert f"{shown} of 5 shown" in read.text


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")
def test_in_a_browser_no_hostile_text_runs_or_loads(tmp_path: Path) -> None:
    file = tmp_path / "gate.html"
    texts = "".join(text for text in HOSTILE.values() if len(text) < 1_000)
    file.write_text(printed("html", hostile_report(texts)), encoding="utf-8")
    read, complaints = browse(file)
    assert complaints == ""
    assert len(shown_items(read)) == 6
    assert read.count()["script"] == 1
