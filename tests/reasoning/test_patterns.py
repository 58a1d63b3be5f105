"""Pattern algebra against the plain matcher, text by text."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_gate.reasoning.automaton import covers, overlap
from policy_gate.reasoning.budget import Budget, BudgetExceededError
from policy_gate.reasoning.language import Language
from policy_gate.reasoning.matching import action_matches, resource_matches
from policy_gate.reasoning.patterns import Pattern, arn_pattern, free_pattern
from policy_gate.reasoning.search import is_between, shortest_text

ALPHABET = "ab:"
TEXTS = ["".join(chars) for length in range(6) for chars in product(ALPHABET, repeat=length)]
globs = st.text(alphabet="ab:*?", max_size=6)
segments = st.lists(st.text(alphabet="a*?", max_size=2), min_size=4, max_size=6)
arn_globs = segments.map(lambda parts: "arn:" + ":".join(parts))
arns = st.lists(st.text(alphabet="ab", max_size=2), min_size=4, max_size=7).map(
    lambda parts: "arn:" + ":".join(parts)
)


def accepts(pattern: Pattern, text: str) -> bool:
    return Language([pattern]).automaton.accepts(text)


@given(globs)
def test_an_automaton_accepts_what_the_matcher_matches(glob: str) -> None:
    pattern = free_pattern(glob)
    assert [accepts(pattern, text) for text in TEXTS] == [
        action_matches(glob, text) for text in TEXTS
    ]


@given(arn_globs, arns)
def test_arns_are_matched_by_segments(glob: str, arn: str) -> None:
    assert accepts(arn_pattern(glob), arn) is resource_matches(glob, arn)


@given(globs, globs)
def test_overlap_and_cover(one: str, other: str) -> None:
    first, second = free_pattern(one), free_pattern(other)
    matched = {text for text in TEXTS if accepts(first, text)}
    also = {text for text in TEXTS if accepts(second, text)}
    if matched & also:
        assert overlap(first, second)
    assert overlap(first, second) is overlap(second, first)
    if covers(first, second):
        assert also <= matched
    assert covers(first, first)


@given(arn_globs, arn_globs, arns)
def test_overlap_and_cover_of_arns(one: str, other: str, arn: str) -> None:
    first, second = arn_pattern(one), arn_pattern(other)
    if accepts(first, arn) and accepts(second, arn):
        assert overlap(first, second)
    if covers(first, second) and accepts(second, arn):
        assert accepts(first, arn)


@given(globs, globs)
def test_overlap_has_a_common_text(one: str, other: str) -> None:
    languages = [Language([free_pattern(one)]), Language([free_pattern(other)])]
    text = shortest_text(languages, [], Budget())
    assert (text is not None) is overlap(free_pattern(one), free_pattern(other))


@given(st.lists(globs, min_size=1, max_size=3), st.lists(globs, max_size=3))
def test_search_finds_a_shortest_text(inside: list[str], outside: list[str]) -> None:
    within = [Language([free_pattern(glob)]) for glob in inside]
    without = [Language([free_pattern(glob)]) for glob in outside]
    fitting = [text for text in TEXTS if is_between(text, within, without)]
    found = shortest_text(within, without, Budget())
    if found is None:
        assert not fitting
    else:
        assert is_between(found, within, without)
        assert all(len(text) >= len(found) for text in fitting)


@pytest.mark.parametrize(("one", "other"), [("a**b", "a*b"), ("*?", "?*"), ("a*?*", "a?*")])
def test_spellings_of_one_pattern(one: str, other: str) -> None:
    assert free_pattern(one) == free_pattern(other)


def test_control_characters_are_no_wildcards() -> None:
    assert free_pattern("\x02a") != free_pattern("*a")
    assert not accepts(free_pattern("\x01"), "x")


def test_a_search_ends_with_its_budget() -> None:
    with pytest.raises(BudgetExceededError, match="steps"):
        shortest_text([Language([free_pattern("?" * 50)])], [], Budget(20))
    many = [Language([free_pattern(f"*{c}*a*{c}*b*{c}*")]) for c in "defghijklmnop"]
    with pytest.raises(BudgetExceededError, match="states"):
        shortest_text(many, [], Budget(10**9))
