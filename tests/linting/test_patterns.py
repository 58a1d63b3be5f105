from __future__ import annotations

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_gate.linting.patterns import (
    covering_groups,
    has_wildcard,
    overlap,
    wildcard_pattern,
)

GLOBS = st.text("ab:*?", max_size=8)


@given(GLOBS, st.text("ab:*?\n", max_size=8))
def test_wildcards_match_as_globs_do(pattern: str, text: str) -> None:
    matched = wildcard_pattern(pattern).fullmatch(text) is not None
    assert matched == fnmatch.fnmatchcase(text, pattern)


@pytest.mark.parametrize(
    ("pattern", "text", "covered"),
    [
        ("a/${aws:username}/*", "a/${aws:username}/b", True),
        ("a/${aws:username}/*", "a/x/b", False),
        ("a${*}", "a${*}", True),
        ("a${*}", "ab", False),
        ("a.c", "abc", False),
        ("a[b]*", "a[b]c", True),
        ("${*", "${x", True),
    ],
)
def test_variables_and_other_characters_are_literal(pattern: str, text: str, covered: bool) -> None:
    assert (wildcard_pattern(pattern).fullmatch(text) is not None) == covered


def test_a_star_in_a_variable_is_no_wildcard() -> None:
    assert not has_wildcard("a${*}b")
    assert has_wildcard("a${*}b?")


@given(st.lists(GLOBS, max_size=8))
def test_groups_link_each_text_to_one_that_covers_it(texts: list[str]) -> None:
    groups = covering_groups(texts)
    group_of = {index: number for number, group in enumerate(groups) for index in group}
    for i, pattern in enumerate(texts):
        for j, text in enumerate(texts):
            if i != j and wildcard_pattern(pattern).fullmatch(text):
                assert group_of[i] == group_of[j]
    assert all(group == sorted(group) and len(group) > 1 for group in groups)
    assert groups == sorted(groups)


def test_texts_are_in_one_group_through_others() -> None:
    assert covering_groups(["a*", "b", "ab", "*b", "c", "c", "d"]) == [[0, 1, 2, 3], [4, 5]]


@given(GLOBS, GLOBS, st.text("ab:", max_size=6))
def test_what_both_cover_is_an_overlap(first: str, second: str, text: str) -> None:
    if fnmatch.fnmatchcase(text, first) and fnmatch.fnmatchcase(text, second):
        assert overlap(first, second)


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("", "", True),
        ("", "*", True),
        ("a", "", False),
        ("table/*", "table/x", True),
        ("table/*", "*/index", True),
        ("table/*", "queue/*", False),
        ("a*b", "a?", True),
        ("a*b", "?a", False),
        ("*", "**", True),
    ],
)
def test_overlaps(first: str, second: str, together: bool) -> None:
    assert overlap(first, second) == together
    assert overlap(second, first) == together
