"""What a change adds, in the Markdown and HTML reports."""

from __future__ import annotations

import re
from dataclasses import replace
from io import StringIO

import pytest
from hypothesis import given

from policy_gate.model import Comparison, GateReport
from policy_gate.reporters.html import html_page
from policy_gate.reporters.markdown import MarkdownReporter, markdown_within
from policy_gate.reporters.markdown_template import MarkdownTemplate
from policy_gate.reporters.sarif import sarif_text
from tests.properties import examples
from tests.reporters.accepted import comparison, expired_report, wide_comparison
from tests.reporters.hostile import HOSTILE, printed
from tests.reporters.reports import passed_report
from tests.reporters.strategies import comparisons
from tests.reporters.test_hostile import assert_harmless
from tests.reporters.test_html import page
from tests.reporters.test_markdown import many

WITNESS = "The identity can call dynamodb:DeleteTable on arn:aws:dynamodb:us-east-1:1:table/a"


def with_comparison(shown: GateReport, made: Comparison | None = None) -> GateReport:
    return replace(shown, comparison=made or comparison())


@pytest.mark.parametrize("kind", ["markdown", "html", "console"])
def test_added_removed_and_undecided_access_is_said_in_the_same_words(kind: str) -> None:
    shown = page(expired_report()).text if kind == "html" else printed(kind, expired_report())
    text = " ".join(shown.replace("\\", "").split())
    for part in (
        "Access since main (0123456789ab): 1 policy adds access, 1 removes some, 1 is undecided",
        "4 policies unchanged, 1 of them moved",
        "the permissions boundary of AppRole is gone",
        "DynamoDB: +DeleteTable and 2 more writes on every table, statement 1, role.yaml:30",
        WITNESS,
        "undecided: s3:GetObject, statement 2: it hangs on ${Name}",
        "DynamoDB: -GetItem (read) on every table, statement 1",
        "moved from old.yaml",
    ):
        assert part in text, part


@pytest.mark.parametrize("kind", ["markdown", "html"])
def test_it_is_above_the_problems_and_what_adds_access_comes_first(kind: str) -> None:
    text = printed(kind, expired_report())
    order = ["What this change adds", "+DeleteTable", "it hangs on", "-GetItem", "PUBLIC_ACCESS"]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


@pytest.mark.parametrize("kind", ["markdown", "html"])
def test_a_comparison_that_was_not_made_is_never_shown_as_nothing_added(kind: str) -> None:
    made = Comparison("main", error="the clone is shallow: git fetch --unshallow")
    text = printed(kind, with_comparison(passed_report(), made))
    assert "Access was not compared with main: the clone is shallow" in text
    assert "no access is added" not in text


@pytest.mark.parametrize("kind", ["markdown", "html"])
def test_nothing_added_is_said(kind: str) -> None:
    text = printed(kind, with_comparison(passed_report(), Comparison("main", unchanged=2)))
    assert "no access is added, and none removed; 2 policies unchanged" in text
    assert "What this change adds" not in printed(kind, passed_report())


def test_sarif_has_no_result_for_it() -> None:
    plain = sarif_text(passed_report())
    assert sarif_text(with_comparison(passed_report())) == plain


@pytest.mark.parametrize("kind", ["markdown", "html"])
def test_many_groups_and_policies_are_counted(kind: str) -> None:
    text = printed(kind, with_comparison(passed_report(), wide_comparison(2, groups=25)))
    assert text.count("+15 more actions of 1 service") == 2
    if kind == "markdown":
        text = printed(kind, with_comparison(passed_report(), wide_comparison(130)))
        assert "And what changes in 30 more policies" in text


def test_the_page_has_at_most_so_many_characters_of_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("policy_gate.reporters.html.MAX_CHANGE_CHARACTERS", 4_000)
    text = html_page(with_comparison(passed_report(), wide_comparison(100)))
    shown = text.count('<li class="added">')
    assert 0 < shown < 100
    assert f"And what changes in {100 - shown} more policies" in text


@pytest.mark.parametrize("limit", [5_000, 20_000, 65_000])
def test_a_comment_keeps_some_of_both(limit: int) -> None:
    text = markdown_within(with_comparison(many(300, 300), wide_comparison(100, 3)), limit)
    assert len(text) <= limit
    problems, changes = text.count("### ⛔"), text.count("` (changed) at ")
    assert problems > 0
    assert changes > 0
    assert f"And what changes in {100 - changes} more policies" in text
    assert f"{300 - problems} errors" in text


def test_problems_are_cut_before_few_changes_are() -> None:
    text = markdown_within(with_comparison(many(300, 300), wide_comparison(5)), 20_000)
    assert text.count("` (changed) at ") == 5
    assert "Left out, as the least severe: " in text


def test_changes_may_have_the_room_that_problems_do_not_need() -> None:
    text = markdown_within(with_comparison(passed_report(), wide_comparison(100, 3)), 20_000)
    assert 15_000 < len(text) <= 20_000


def test_a_template_of_a_team_has_it() -> None:
    template = MarkdownTemplate(
        "{{ comparison.base }}|{{ comparison.error }}|{{ comparison.more_changes }}\n"
        "{% for change in comparison.changes %}"
        "{{ change.name }}/{{ change.kind }}/{{ change.place }}"
        "{% for item in change.added %} {{ item.text }} {{ item.witness }}{% endfor %}"
        "{{ change.undecided | join }}{{ change.removed | join }}{{ change.lifted }}\n{% endfor %}",
        "team.md.j2",
    )
    stream = StringIO()
    MarkdownReporter(template).write(expired_report(), stream)
    assert stream.getvalue().count("\n") == 4
    stream = StringIO()
    MarkdownReporter(MarkdownTemplate("{{ comparison is none }}", "team.md.j2")).write(
        passed_report(), stream
    )
    assert stream.getvalue() == "True\n"


def _mark(line: str) -> str:
    """What makes the line a heading, or an entry of a list at its depth."""
    return re.sub(r"^( *(?:- |#+ )?).*$", r"\1", line)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_adds_no_line_and_no_element(name: str) -> None:
    text = HOSTILE[name]
    shown = with_comparison(passed_report(), comparison(text))
    plain = with_comparison(passed_report(), comparison("plain"))
    assert page(shown).count() == page(plain).count()
    lines, expected = (printed("markdown", item).splitlines() for item in (shown, plain))
    assert list(map(_mark, lines)) == list(map(_mark, expected))
    assert len(markdown_within(expired_report(text), 65_536)) <= 65_536


@pytest.mark.parametrize("kind", ["markdown", "html"])
@examples(40)
@given(made=comparisons)
def test_any_comparison_is_printed(kind: str, made: Comparison) -> None:
    assert_harmless(kind, printed(kind, with_comparison(passed_report(), made)))
