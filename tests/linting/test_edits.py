from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_gate.linting.edits import (
    Edit,
    as_one,
    conflict,
    edited,
    literal,
    object_like,
    with_entries,
    with_first_member,
    with_member,
    without,
)
from policy_gate.syntax.json_reader import read_json

PRETTY = '{\n  "a": 1,\n  "b": [\n    "x",\n    "y",\n    "z"\n  ],\n  "c": {}\n}\n'


def removed(text: str, *steps: str | int) -> str:
    return edited(text, without(read_json(text), steps))


@pytest.mark.parametrize(
    ("text", "steps", "expected"),
    [
        ('["a", "b", "c"]', [0], '["b", "c"]'),
        ('["a", "b", "c"]', [1], '["a", "c"]'),
        ('["a", "b", "c"]', [2], '["a", "b"]'),
        ('["a", "b", "c"]', [0, 2], '["b"]'),
        ('["a", "b", "c"]', [1, 2], '["a"]'),
        ('["a", "b", "c"]', [0, 1, 2], "[]"),
        ('["a","b"]', [0], '["b"]'),
        ('[ "a" , "b" ]', [1], '[ "a" ]'),
        ("[]", [0], "[]"),
        ('{"a": 1, "b": 2, "c": 3}', ["b"], '{"a": 1, "c": 3}'),
        ('{"a": 1, "b": 2}', ["b"], '{"a": 1}'),
        ('{"a": 1}', ["a"], "{}"),
        ('{"a": 1}', ["b"], '{"a": 1}'),
        (PRETTY, ["a"], PRETTY.replace('  "a": 1,\n', "")),
        (PRETTY, ["c"], PRETTY.replace(',\n  "c": {}', "")),
        (PRETTY, ["b"], '{\n  "a": 1,\n  "c": {}\n}\n'),
        ('[\r\n\t"a",\r\n\t"b"\r\n]', [0], '[\r\n\t"b"\r\n]'),
        ('[\r\n\t"a",\r\n\t"b"\r\n]', [1], '[\r\n\t"a"\r\n]'),
        ('[\n  "a"\n  , "b"\n  , "c"]', [1], '[\n  "a"\n  , "c"]'),
    ],
)
def test_removing_takes_the_comma_and_the_line(
    text: str, steps: list[str | int], expected: str
) -> None:
    assert removed(text, *steps) == expected


SPACE = st.sampled_from(["", " ", "\n  ", "\r\n\t"])


@given(st.lists(st.integers(), max_size=6), st.sets(st.integers(0, 5)), SPACE, SPACE, SPACE)
def test_removing_leaves_the_other_entries(
    values: list[int], steps: set[int], opening: str, before: str, after: str
) -> None:
    array = f"[{opening}" + f"{before},{after}".join(map(str, values)) + f"{opening}]"
    left = [value for index, value in enumerate(values) if index not in steps]
    assert json.loads(removed(array, *steps)) == left

    members = [f'"{index}"{before}:{after}{value}' for index, value in enumerate(values)]
    mapping = f"{{{opening}" + f"{before},{after}".join(members) + f"{opening}}}"
    kept = {str(i): value for i, value in enumerate(values) if i not in steps}
    assert json.loads(removed(mapping, *map(str, steps))) == kept


@pytest.mark.parametrize(
    ("text", "at_end", "at_beginning"),
    [
        ("{}", '{"k": 0}', '{"k": 0}'),
        ('{"a": 1}', '{"a": 1, "k": 0}', '{"k": 0, "a": 1}'),
        ('{"a":1}', '{"a":1,"k":0}', '{"k":0,"a":1}'),
        ('{"a":1,"b":2}', '{"a":1,"b":2,"k":0}', '{"k":0,"a":1,"b":2}'),
        ('{\n  "a": 1\n}', '{\n  "a": 1,\n  "k": 0\n}', '{\n  "k": 0,\n  "a": 1\n}'),
        ('{\r\n\t"a" : 1\r\n}', '{\r\n\t"a" : 1,\r\n\t"k" : 0\r\n}',
         '{\r\n\t"k" : 0,\r\n\t"a" : 1\r\n}'),
    ],
)  # fmt: skip
def test_a_new_member_is_laid_out_as_the_others(text: str, at_end: str, at_beginning: str) -> None:
    node = read_json(text)
    assert edited(text, [with_member(text, node, "k", "0")]) == at_end
    assert edited(text, [with_first_member(text, node, "k", "0")]) == at_beginning


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[]", '["x", "y"]'),
        ('"a"', '["a", "x", "y"]'),
        ('["a"]', '["a", "x", "y"]'),
        ('[\n  "a",\n  "b"\n]', '[\n  "a",\n  "b",\n  "x",\n  "y"\n]'),
        ('[\n  "a"\n]', '[\n  "a",\n  "x",\n  "y"\n]'),
    ],
)
def test_new_entries_are_laid_out_as_the_others(text: str, expected: str) -> None:
    assert edited(text, [with_entries(text, read_json(text), ["x", "y"])]) == expected


@pytest.mark.parametrize(
    ("sibling", "expected"),
    [
        (None, '{"k": 0}'),
        ("{}", '{"k": 0}'),
        ('{"a": 1, "b": 2}', '{"k": 0}'),
        ('{\n      "a": 1\n    }', '{\n      "k": 0\n    }'),
        ('{"a":1}', '{"k":0}'),
    ],
)
def test_an_object_is_laid_out_as_its_sibling(sibling: str | None, expected: str) -> None:
    node = read_json(sibling) if sibling else None
    assert object_like(sibling or "", node, "k", "0") == expected


def test_edits_as_one_do_the_same_and_claim_the_whole() -> None:
    text = '{"before": [1, 2, 3], "after": 0}'
    node = read_json(text).entries["before"]
    edits = without(node, [0, 2])
    one = as_one(text, node, edits)
    assert edited(text, [one]) == edited(text, edits) == '{"before": [2], "after": 0}'
    assert (one.start, one.end) == (node.start, node.end)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((0, 2), (2, 4), False),
        ((0, 3), (2, 4), True),
        ((0, 9), (2, 4), True),
        ((2, 2), (2, 2), True),
        ((2, 2), (0, 2), True),
        ((2, 2), (2, 5), True),
        ((3, 3), (2, 5), True),
        ((6, 6), (2, 5), False),
    ],
)
def test_what_conflicts(one: tuple[int, int], other: tuple[int, int], expected: bool) -> None:
    edits = Edit(*one, "x"), Edit(*other, "y")
    assert conflict(*edits) is conflict(*reversed(edits)) is expected


@given(st.text() | st.sampled_from(["\ud800", '"', "\x7f", "é\U0001f512", "\u2028"]))
def test_a_literal_is_json_in_characters_that_print(value: str) -> None:
    text = literal(value)
    assert json.loads(text) == value
    assert text.isprintable()
    text.encode()


def test_a_literal_keeps_letters_as_they_are() -> None:
    assert literal("café") == '"café"'


def test_the_order_of_edits_does_not_matter() -> None:
    edits = [Edit(4, 5, "E"), Edit(0, 1, ""), Edit(2, 2, "-")]
    assert edited("abcde", edits) == edited("abcde", edits[::-1]) == "b-cdE"
