"""Bytes to text, and offsets to lines and columns."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_gate.model import Location
from policy_gate.syntax.node import Node, ReadError
from policy_gate.syntax.source import Source, decode


@pytest.mark.parametrize(
    "data",
    [
        "añ€".encode(),
        codecs.BOM_UTF8 + "añ€".encode(),
        codecs.BOM_UTF16_LE + "añ€".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "añ€".encode("utf-16-be"),
        codecs.BOM_UTF32_LE + "añ€".encode("utf-32-le"),
        codecs.BOM_UTF32_BE + "añ€".encode("utf-32-be"),
    ],
)
def test_encodings(data: bytes) -> None:
    assert decode(data) == "añ€"


@pytest.mark.parametrize(
    ("data", "message", "offset"),
    [
        (b"ab\xffcd", "this is not UTF-8 text", 2),
        ("é".encode() + b"\xff", "this is not UTF-8 text", 1),
        ("añ".encode("latin-1"), "this is not UTF-8 text", 1),
        (codecs.BOM_UTF16_LE + b"a", "this is not UTF-16 text", 0),
        (b"\x7fELF\0\0", "this is a binary file", 0),
        ("ab".encode("utf-16-le"), "this is a binary file", 0),
    ],
)
def test_other_bytes_are_refused(data: bytes, message: str, offset: int) -> None:
    with pytest.raises(ReadError) as caught:
        decode(data)
    assert caught.value.message == message
    assert caught.value.offset == offset


@given(st.binary(max_size=40))
def test_any_bytes_are_text_or_a_read_error(data: bytes) -> None:
    try:
        text = decode(data)
    except ReadError as error:
        assert error.message.startswith("this is ")  # noqa: PT017 - either outcome is right
    else:
        assert "\0" not in text


def test_locations_count_lines_and_columns_from_one() -> None:
    source = Source("t.yaml", "ab\ncdé\n\nx")
    assert source.location(0, 1) == Location("t.yaml", 1, 1, 1, 2)
    assert source.location(3, 6) == Location("t.yaml", 2, 1, 2, 4)
    assert source.location(4, 9) == Location("t.yaml", 2, 2, 4, 2)
    assert source.locate(Node("x", 8, 9)) == Location("t.yaml", 4, 1, 4, 2)
    assert str(source.location(5, 6)) == "t.yaml:2:3"


def test_the_end_of_the_text_has_a_location() -> None:
    assert Source("t", "").location(0, 0) == Location("t", 1, 1, 1, 1)
    assert Source("t", "a\n").location(2, 2) == Location("t", 2, 1, 2, 1)


@given(st.text("a\n\ré", max_size=30), st.data())
def test_offsets_and_locations_agree(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    location = Source("t", text).location(offset, offset)
    lines = text.split("\n")
    assert sum(len(line) + 1 for line in lines[: location.line - 1]) + location.column - 1 == offset
