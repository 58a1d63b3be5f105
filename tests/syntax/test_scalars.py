"""Every character of a string is found where it is written, in every style."""

from __future__ import annotations

import json
import string

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from policy_gate.syntax.json_reader import read_json
from policy_gate.syntax.node import Node
from policy_gate.syntax.scalars import character_spans
from policy_gate.syntax.yaml_reader import read_yaml


def tagged(_tag: str, node: Node) -> Node:
    return node


def written(text: str, node: Node) -> list[str]:
    """What each character that is no white space is written as."""
    assert isinstance(node.value, str)
    spans = character_spans(text, node)
    assert spans is not None
    assert len(spans) == len(node.value)
    pairs = zip(node.value, spans, strict=True)
    return [text[start:end] for char, (start, end) in pairs if char not in " \t\n"]


@pytest.mark.parametrize(
    "scalar",
    [
        "abc",
        "a b c",
        "'abc'",
        '"abc"',
        "!Tag abc",
        "!Tag 'abc'",
        "&anchor abc",
        "&anchor !Tag 'abc'",
        "!Tag\n    'abc'",
        "|\n    abc\n",
        "|-\n    a\n\n      b\n    c\n",
        "|2+ # comment\n    abc\n",
        "!Tag |\n    a\n    bc\n",
        ">\n    a\n    b\n\n    c\n",
        ">-\n    abc",
        "a\n    b\n\n    c",
        "'a\n    b\n\n    c'",
        '"a\n    b \\\n    c"',
        '"a\\n\\tb c"',
        "|\r\n    a\r\n    bc\r\n",
    ],
)
def test_styles_of_yaml(scalar: str) -> None:
    text = f"key:  {scalar}"
    node = read_yaml(text, tagged).entries["key"]
    assert written(text, node) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'it''s'", ["i", "t", "''", "s"]),
        ('"\\"\\\\\\u0041\\x42"', ['\\"', "\\\\", "\\u0041", "\\x42"]),
        ('"\\U0001F600b"', ["\\U0001F600", "b"]),
        ('"a\\_b"', ["a", "\\_", "b"]),
    ],
)
def test_escapes_of_yaml(text: str, expected: list[str]) -> None:
    assert written(text, read_yaml(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"a\\/b"', ["a", "\\/", "b"]),
        ('"\\ud83d\\ude00b"', ["\\ud83d\\ude00", "b"]),
        ('"\\"b"', ['\\"', "b"]),
        ('""', []),
    ],
)
def test_escapes_of_json(text: str, expected: list[str]) -> None:
    node = read_json(text)
    assert isinstance(node.value, str)
    spans = character_spans(text, node)
    assert spans is not None
    found = [text[start:end] for start, end in spans]
    assert found == expected


@pytest.mark.parametrize("value", [None, 5, True, [], {}])
def test_other_values_have_no_characters(value: object) -> None:
    node = read_json(json.dumps(value))
    assert character_spans(json.dumps(value), node) is None


def test_a_value_that_is_not_what_is_written_cannot_be_placed() -> None:
    assert character_spans("abc", Node("abd", 0, 3)) is None
    assert character_spans("abc", Node("abcd", 0, 3)) is None
    assert character_spans("abc", Node("bcd", 1, 2)) is None


@given(
    st.text(string.ascii_letters + "'\"\\ \n{}:,#-|>é€😀", min_size=1, max_size=30),
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.integers(8, 30),
)
def test_pyyaml_writes_what_is_found(value: str, style: str | None, width: int) -> None:
    text = yaml.safe_dump({"k": value}, default_style=style, width=width, allow_unicode=True)
    node = read_yaml(text).entries["k"]
    assert node.value == value
    spans = character_spans(text, node)
    assert spans is not None
    for char, (start, end) in zip(value, spans, strict=True):
        if char not in " \n":
            assert char in text[start:end] or text[start] == "\\"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), st.booleans())
def test_json_strings(value: str, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    spans = character_spans(text, read_json(text))
    assert spans is not None
    for char, (start, end) in zip(value, spans, strict=True):
        if char not in " \n\t\r\x85\u2028\u2029":
            assert json.loads(f'"{text[start:end]}"') == char
