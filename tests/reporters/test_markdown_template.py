"""Templates that teams bring."""

from __future__ import annotations

from io import StringIO

import pytest

from policy_gate.reporters import markdown_template
from policy_gate.reporters.interface import ReportError
from policy_gate.reporters.markdown import MarkdownReporter, markdown_within
from policy_gate.reporters.markdown_template import MarkdownTemplate
from tests.reporters.hostile import hostile_report
from tests.reporters.reports import failed_report


def rendered(text: str) -> str:
    stream = StringIO()
    MarkdownReporter(MarkdownTemplate(text, "team.md.j2")).write(failed_report(), stream)
    return stream.getvalue()


def fault(text: str) -> str:
    with pytest.raises(ReportError) as error:
        rendered(text)
    return str(error.value)


def test_a_template_has_the_variables_and_filters() -> None:
    text = rendered(
        "{{ status_word }}, {{ exit_status }}\n"
        "{% for problem in problems if problem.blocking %}\n"
        "| {{ problem.code | code }} | {{ problem.place | code }} | {{ problem.message }} |\n"
        "{{ problem.excerpt | block }}\n"
        "{% endfor %}\n"
    )
    assert text.startswith("FAILED, 2\n| `ACCESS_GRANTED` | `role.yaml:30:21` | The policy")
    assert text.count("```text\n") == 3


def test_every_value_is_escaped_also_what_is_put_together() -> None:
    text = "{% for p in problems %}{{ '' ~ p.message }}{{ (p.code | code) ~ p.sid }}{% endfor %}"
    with pytest.raises(ReportError, match="has no attribute 'sid'"):
        rendered(text)
    stream = StringIO()
    template = MarkdownTemplate(text.replace("p.sid", "p.message"), "team.md.j2")
    MarkdownReporter(template).write(hostile_report("<script>[x](y)@octocat</script>"), stream)
    assert "<script>" not in stream.getvalue()
    assert "@octocat" not in stream.getvalue()
    assert "](" not in stream.getvalue().replace(r"\](", "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n\n{% for %}", "team.md.j2:3: "),
        ("\n{{ nothing }}", "team.md.j2:2: 'nothing' is undefined"),
        ("{% include '/etc/passwd' %}", "no loader"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ problems.append(1) }}", "unsafe"),
        ("{{ problems.__init__.__globals__ }}", "unsafe"),
        ("{{ 1 / 0 }}", "team.md.j2:1: ZeroDivisionError"),
        ("{% for i in range(1000000) %}x{% endfor %}", "Range too big"),
        ("{% for p in range(9999) %}{{ 'x' * 1900 }}{% endfor %}", "more than 10000000 characters"),
        ("{{ 'x' * 9999999999 }}", "memory"),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "nested too deeply"),
    ],
)
def test_a_template_at_fault_is_named_with_its_line(text: str, message: str) -> None:
    told = fault(text)
    assert told.startswith("team.md.j2")
    assert message in told


def test_one_value_is_bounded() -> None:
    assert len(rendered("{{ 'x' * 20000000 }}")) < 3_000


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{{ 9 ** (9 ** 9) }}",
    ],
)
def test_a_template_without_end_is_ended(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown_template, "MAX_SECONDS", 1)
    assert "longer than 1 second" in fault(text)


def test_a_template_that_is_too_long_for_a_comment_is_at_fault() -> None:
    template = MarkdownTemplate("x" * 500, "team.md.j2")
    with pytest.raises(ReportError, match=r"team\.md\.j2: it writes more than 400 characters"):
        markdown_within(failed_report(), 400, template)


def test_a_template_is_shortened_as_ours() -> None:
    text = "{{ left_out }}\n{% for p in problems %}\n{{ p.message }}\n{% endfor %}"
    shown = markdown_within(failed_report(), 250, MarkdownTemplate(text, "team.md.j2"))
    assert len(shown) <= 250
    assert shown.startswith("1 error and 1 notice\nThe policy")
