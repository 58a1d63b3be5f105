"""AllowedPattern: what it refuses is refused, what covers it covers every value, in linear time."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from policy_gate.extractors.cloudformation.allowed_pattern import (
    MAX_STATES,
    MAX_STEPS,
    AllowedPattern,
    allowed_pattern,
)
from tests.properties import examples

ALPHABET = "abZ09-_:/.*?$ \n"
SETS = ["[a-c]", "[^:]", "[^a*]", "[-a]", "[a-]", "[*]", "[:/]", "[0-9_.-]", r"[\w.]", r"[^\s:]"]
SETS += [r"\d", r"\w", r"\s", r"\D", r"\W", r"\S", "."]
QUANTIFIERS = ["*", "+", "?", "{2}", "{0,2}", "{1,}", "{0}", "*?", "+?", "??", "{1,2}?"]


def pattern_of(text: str) -> AllowedPattern:
    pattern = allowed_pattern(text)
    assert pattern is not None
    return pattern


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    groups = inner.map(lambda text: f"({text})") | inner.map(lambda text: f"(?:{text})")
    return st.one_of(
        st.tuples(groups, st.sampled_from(QUANTIFIERS)).map("".join),
        st.lists(inner, min_size=2, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda options: f"({'|'.join(options)})"),
    )


literals = st.sampled_from(ALPHABET).map(re.escape)
atoms = literals | st.sampled_from(SETS)
repeated = st.tuples(atoms, st.sampled_from(QUANTIFIERS)).map("".join)
whole = st.recursive(atoms | repeated | literals, _grown, max_leaves=6)
patterns = st.one_of(
    whole,
    whole.map(lambda text: f"^{text}$"),
    st.tuples(whole, whole).map("|".join),
    st.tuples(whole, whole).map(lambda both: f"^{both[0]}$|^{both[1]}$"),
)


def covers(cover: str, text: str) -> bool:
    meaning = {"**": ".*", "*": "[^:]*", "?": "[^:]"}
    tokens = re.findall(r"\*\*|.", cover, re.DOTALL)
    written = "".join(meaning.get(token, re.escape(token)) for token in tokens)
    return re.fullmatch(written, text, re.DOTALL) is not None


@examples(150)
@given(patterns, st.text(ALPHABET, max_size=5))
def test_it_refuses_what_python_refuses(text: str, value: str) -> None:
    expected = re.fullmatch(text, value, re.ASCII | re.DOTALL) is not None
    pattern = pattern_of(text)
    assert pattern.matches(value) is expected
    if pattern.texts is not None:
        assert (value in pattern.texts) is expected


@examples(150)
@given(patterns, st.data())
def test_what_covers_a_pattern_covers_its_values(text: str, data: st.DataObject) -> None:
    value = data.draw(st.from_regex(re.compile(text, re.ASCII | re.DOTALL), fullmatch=True))
    assume(len(value) <= 60)
    pattern = pattern_of(text)
    assert pattern.matches(value)
    assert covers(pattern.cover, value)
    assert pattern.texts is None or value in pattern.texts


@pytest.mark.parametrize(
    ("text", "cover"),
    [
        ("arn:aws:s3:::[a-z-]+", "arn:aws:s3:::*"),
        ("[a-z]+", "*"),
        (r"\d{12}", "????????????"),
        (r"^arn:aws:iam::\d{12}:role/.+$", "arn:aws:iam::????????????:role/**"),
        (r"arn:(aws[a-z-]*)?:kms:[a-z0-9-]+:\d{2}:key\/[a-f0-9]{4}-x", "arn:*:kms:*:??:key/????-x"),
        ("vpc-[0-9a-f]+", "vpc-*"),
        (".+", "**"),
        ("[^:]+", "**"),
        ("[^:*$]+", "*"),
        ("a|b", "*"),
        ("s3:Get|s3:Put", "s3:*t"),
        ("(read|write)-[a-z]+-only", "*-*-only"),
        ("^$|^arn:aws:x$", "**"),
        (r"app-\*", "app-*"),
        (r"a(\$\{x\})?b", "a**b"),
        ("a?b", "*b"),
        ("[a-z]{1,2048}/x", "*/x"),
        ("(a{9}){99}:", "*:"),
    ],
)
def test_what_stands_fast_is_kept(text: str, cover: str) -> None:
    assert pattern_of(text).cover == cover


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("dev|prod", ("dev", "prod")),
        ("^(dev|test|)$", ("dev", "test", "")),
        ("t[12]a?", ("t1", "t1a", "t2", "t2a")),
        ("(ab){2}", ("abab",)),
        ("[0-9]{3}", None),
        ("a*", None),
        ("(a{200}){2}", None),
        (".", None),
    ],
)
def test_few_values_are_told(text: str, texts: tuple[str, ...] | None) -> None:
    found = pattern_of(text).texts
    assert (None if found is None else sorted(found)) == (None if texts is None else sorted(texts))


@pytest.mark.parametrize(
    ("text", "expected"),
    [(r"\*", True), (r"[*]|\d+", True), (r"\*|arn:.+", True), (".*", False), ("[*a]+", False)],
)
def test_everyone_is_named_only_where_the_wildcard_is_written_out(
    text: str, expected: bool
) -> None:
    assert pattern_of(text).names_everyone is expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "(",
        ")",
        "a)",
        "(a",
        "[a",
        "[]",
        "[]a]",
        "[^]",
        "[z-a]",
        r"[a-\d]",
        "[a[bc]]",
        "[a-z&&[^b]]",
        "[[:alpha:]]",
        "*a",
        "a**",
        "a*+",
        "a++",
        "a?+",
        "a{2}{3}",
        "a{2}+",
        "a{,3}",
        "a{3,2}",
        "a{x}",
        "a{123456}",
        "{",
        "a\\",
        r"(a)\1",
        r"\bword",
        r"\p{Lower}",
        r"\Qa\E",
        r"\x41",
        r"\u0041",
        r"\e",
        r"[\b]",
        "(?=a)",
        "(?!a)",
        "(?<=a)",
        "(?<name>a)",
        "(?i)a",
        "(?>a)",
        "(?i:a)",
        f"{'(' * 40}a{')' * 40}",
        "a" * 2001,
    ],
)
def test_what_is_beyond_the_subset_is_any_value(text: str) -> None:
    assert allowed_pattern(text) is None


@pytest.mark.parametrize(
    "text", ["(a+)+$", "^(a|a)*$", "(a*)*b", "(a|a?)+$", "(.*)*(.*)*(.*)*x", "((a{1,5}){1,5}){1,3}"]
)
def test_no_text_makes_it_go_back(text: str) -> None:
    pattern = pattern_of(text)
    value = "a" * 300 + "!"
    assert pattern.steps(value) <= 301 * MAX_STATES
    assert not pattern.matches(value)


def test_repetitions_of_repetitions_do_not_multiply() -> None:
    for text, cover in ((f"{'(' * 20}{'){60}' * 20}", ""), (f"{'(' * 20}a{'){99}' * 20}", "*")):
        pattern = pattern_of(text)
        assert pattern.cover == cover
        assert pattern.matches(cover)


def test_a_text_that_takes_too_many_steps_is_not_refused() -> None:
    pattern = pattern_of("a{50}")
    assert not pattern.matches("b" * 50)
    assert pattern.matches("b" * MAX_STEPS)
