from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_gate.syntax.json_reader import read_json
from policy_gate.syntax.node import MAX_DEPTH, Lines, Node, ReadError

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES, st.booleans(), st.sampled_from([None, 0, 2, "\t"]))
def test_reads_what_json_writes(value: object, ascii_only: bool, indent: int | str | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert read_json(text).plain() == json.loads(text)


@given(VALUES, st.sampled_from([None, 2]))
def test_every_value_and_key_stands_where_the_tree_says(value: object, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    nodes = [read_json(text)]
    while nodes:
        node = nodes.pop()
        assert json.loads(text[node.start : node.end]) == node.plain()
        for key, (start, end) in node.keys.items():
            assert json.loads(text[start:end]) == key
        nodes.extend(children(node))


def children(node: Node) -> list[Node]:
    if isinstance(node.value, dict):
        assert node.keys.keys() == node.value.keys()
        return list(node.value.values())
    return node.value if isinstance(node.value, list) else []


@given(st.text('{}[]":,\\ue019.-+ \n\0tfn', max_size=30))
def test_refuses_what_json_refuses(text: str) -> None:
    try:
        expected = json.loads(text, parse_constant=refuse, object_pairs_hook=unique)
    except ValueError:
        with pytest.raises(ReadError) as caught:
            read_json(text)
        assert 0 <= caught.value.offset <= len(text)
    else:
        assert read_json(text).plain() == expected


def refuse(constant: str) -> object:
    raise ValueError(constant)


def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError(pairs)
    return dict(pairs)


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("", 0, "ends too early"),
        ("[1, 2", 5, "a comma or"),
        ('{"a" 1}', 5, "a colon"),
        ("{a: 1}", 1, "a key in double quotes"),
        ('{"a": 1,}', 8, "a key in double quotes"),
        ("[1,]", 3, "a JSON value"),
        ("[NaN]", 1, "a JSON value"),
        ("[-Infinity]", 1, "a JSON value"),
        ("[True]", 1, "a JSON value"),
        ("01", 1, "more text after"),
        ("{} x", 3, "more text after"),
        ("\ufeff{}", 0, "a JSON value"),
        ('["a\nb"]', 1, "a control character"),
        ('["\\x"]', 1, "a bad escape"),
        ('["a]', 1, "not closed"),
        ('{"a": 1, "\\u0061": 2}', 9, "duplicate key 'a'"),
        ("9" * 500, 0, "too many digits"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_an_error_names_the_place(text: str, offset: int, message: str) -> None:
    with pytest.raises(ReadError, match=message) as caught:
        read_json(text)
    assert caught.value.offset == offset


def test_the_same_key_in_different_objects_is_no_duplicate() -> None:
    assert read_json('[{"a": {"a": 1}}, {"a": 2}]').plain() == [{"a": {"a": 1}}, {"a": 2}]


def test_a_long_duplicate_key_is_shortened() -> None:
    key = json.dumps("x" * 10_000)
    with pytest.raises(ReadError) as caught:
        read_json(f"{{{key}: 1, {key}: 2}}")
    assert len(caught.value.message) < 200


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_nesting_is_bounded(opening: str, closing: str) -> None:
    read_json(opening * MAX_DEPTH + "1" + closing * MAX_DEPTH)
    with pytest.raises(ReadError, match="inside each other") as caught:
        read_json(opening * 10_000)
    assert caught.value.offset == MAX_DEPTH * len(opening)


def test_lines_and_columns_of_offsets() -> None:
    lines = Lines("ab\n\ncd\r\ne")
    assert [lines.position(offset) for offset in (0, 2, 3, 4, 8, 9)] == [
        (1, 0), (1, 2), (2, 0), (3, 0), (4, 0), (4, 1)
    ]  # fmt: skip
