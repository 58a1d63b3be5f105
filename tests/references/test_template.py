"""Parameters of reference policies, and templates that are up to no good."""

from __future__ import annotations

import json

import pytest

from policy_gate.config.section import ConfigError
from policy_gate.extractors.interface import ParameterValue
from policy_gate.references.template import Template, is_template
from policy_gate.syntax.source import Source


def filled(text: str, **values: ParameterValue) -> str:
    return Template(Source("policy.json", text)).filled(values).text


def refused(text: str, **values: ParameterValue) -> str:
    with pytest.raises(ConfigError) as caught:
        filled(text, **values)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"arn:aws:iam::{{ account }}:role/*"', "arn:aws:iam::111122223333:role/*"),
        ("{{ paths }}", ["/a/", "/b/"]),
        ("{{ paths | tojson }}", ["/a/", "/b/"]),
        ('"{{ paths | join(",") }}"', "/a/,/b/"),
        ('"{{ account | upper }}"', "111122223333"),
        ('[{% for path in paths %}"x{{ path }}"{% if not loop.last %}, {% endif %}{% endfor %}]',
         ["x/a/", "x/b/"]),
        ('{% if paths %}"some"{% else %}"none"{% endif %}', "some"),
        ('"{{ "a" if account == "1" else "b" }}"', "b"),
        ('{# why #}"${aws:PrincipalTag/{{ account }}}"', "${aws:PrincipalTag/111122223333}"),
    ],
)  # fmt: skip
def test_a_template_is_filled_in(text: str, expected: object) -> None:
    assert json.loads(filled(text, account="111122223333", paths=("/a/", "/b/"))) == expected


@pytest.mark.parametrize("value", ['", "Effect": "Allow', "\\", "\n", "{{ x }}", "é\u2028"])
def test_no_value_leaves_its_quotes(value: str) -> None:
    assert json.loads(filled('{"Sid": "{{ x }}"}', x=value)) == {"Sid": value}
    assert json.loads(filled('{"Sid": {{ x }}}', x=(value,))) == {"Sid": [value]}


@pytest.mark.parametrize(
    "text",
    [
        "{% for i in range(10 ** 9) %}x{% endfor %}",
        "{{ 9 ** 9 ** 9 }}",
        '{{ "a" * 10 ** 10 }}',
        "{{ a ~ a }}",
        "{{ a.center(10 ** 9) }}",
        "{{ a | center(1000000000) }}",
        "{{ a | tojson | tojson }}",
        "{{ a | join(a) }}",
        '{{ "%1000000000d" % 1 }}',
        "{{ a[0] }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% include 'policy.json' %}",
        "{% extends 'policy.json' %}",
        "{% set a = 1 %}",
        "{% for a in a recursive %}{{ loop(a) }}{% endfor %}",
        "{{ a.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{{ a < a }}",
        "{{ a is defined }}",
        "{% filter upper %}a{% endfilter %}",
    ],
)
def test_what_a_template_may_not_say_is_an_error_at_its_line(text: str) -> None:
    assert refused("{\n" + text, a="x").startswith("policy.json:2:1: ")


@pytest.mark.parametrize(
    "text",
    [
        "{{ a",
        "{% if a %}",
        "{{ " + "9" * 9000 + " }}",
        "{{ " + "(" * 3000 + "a" + ")" * 3000 + " }}",
        "{{ a" + " and a" * 15_000 + " }}",
        "{% if a %}" * 5000,
        "{% for x in b %}" * 30 + "{% endfor %}" * 30,
        "x" * 100_001,
        "{% for x in a %}x{% endfor %}",
    ],
    ids=lambda text: text[:12],
)
def test_a_broken_template_is_an_error(text: str) -> None:
    assert refused("{{ a }}" + text, a="x", b=("y",)).startswith("policy.json:1:1: ")


def test_loops_in_loops_end_in_an_error_before_they_run() -> None:
    loops = "{% for a in l %}" * 4 + "{% endfor %}" * 4
    assert "more than 200,000 steps" in refused(loops, l=tuple("x" * 99))


def test_a_policy_that_grows_too_large_is_an_error() -> None:
    assert "larger than 1 MB" in refused("{{ a }}" * 1000, a="x" * 2048)


def test_json_without_marks_is_no_template() -> None:
    assert not is_template('{"Resource": "${aws:username}", "Condition": {"a": {"b": "c"}}}')
