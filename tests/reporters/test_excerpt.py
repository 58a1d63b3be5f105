from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_gate.model import Location
from policy_gate.reporters.excerpt import excerpt, read_lines
from policy_gate.reporters.visible import columns, visible_characters
from tests.properties import examples

TEXT = "".join(f"line {number}\n" for number in range(1, 31))


def show(text: str) -> list[str]:
    return visible_characters(text, "utf-8")


def rows(text: str, location: Location, width: int = 80) -> list[str]:
    lines = dict(enumerate(text.split("\n"), 1))
    return [row.text for row in excerpt(location, lines, width, show)]


def read(file: Path, location: Location) -> list[str]:
    location = Location(str(file), *_range(location))
    lines = read_lines([location], lambda _: True)[str(file)]
    return [row.text for row in excerpt(location, lines, 80, show)]


def _range(location: Location) -> tuple[int, int, int, int]:
    return location.line, location.column, location.end_line, location.end_column


def test_one_line() -> None:
    assert rows(TEXT, Location("f", 10, 6, 10, 8)) == [
        "     8 | line 8",
        "     9 | line 9",
        "    10 | line 10",
        "       |      ^^",
        "    11 | line 11",
    ]


def test_blank_lines_at_the_edges_are_left_out() -> None:
    assert rows("\n\nhere\n", Location("f", 3, 1, 3, 5)) == [
        "     3 | here",
        "       | ^^^^",
    ]


def test_many_lines_are_shortened() -> None:
    assert rows(TEXT, Location("f", 3, 1, 20, 4)) == [
        "     1 | line 1",
        "     2 | line 2",
        "  >  3 | line 3",
        "  >  4 | line 4",
        "  >  5 | line 5",
        "  >  6 | line 6",
        "    ...",
        "  > 20 | line 20",
        "    21 | line 21",
    ]


def test_a_range_that_ends_before_the_first_column_ends_on_the_line_above() -> None:
    assert "       | ^^^^^^" in rows(TEXT, Location("f", 3, 1, 4, 1))


def test_tabs_and_wide_characters_keep_the_marker_in_place() -> None:
    assert rows("\t漢字: x", Location("f", 1, 6, 1, 7)) == [
        "     1 |     漢字: x",
        "       |           ^",
    ]


def test_a_long_line_is_cut_around_the_range() -> None:
    text = f"{'a' * 5000}<here>{'b' * 5000}"
    line, marker = rows(text, Location("f", 1, 5001, 1, 5007), width=60)
    assert line.endswith("...")
    assert "| ...aaa" in line
    assert marker.index("^") == line.index("<here>")
    assert marker.count("^") == len("<here>")


def test_a_range_longer_than_the_terminal_fills_it() -> None:
    line, marker = rows(f"    {'x' * 200}", Location("f", 1, 5, 1, 205), width=40)
    assert len(line) == len(marker) == 40
    assert line.endswith("x...")


@examples(40)
@given(
    st.text(st.characters(exclude_characters="\n"), max_size=200),
    st.integers(1, 250),
    st.integers(0, 300),
    st.integers(20, 120),
)
def test_rows_fit_and_the_range_is_marked(text: str, start: int, length: int, width: int) -> None:
    shown = rows(text, Location("f", 1, start, 1, start + length), width)
    assert all(columns(row) <= width for row in shown)
    assert shown[1].count("^") >= 1


def test_a_line_that_the_file_has_not_gives_no_excerpt(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_text("one\n")
    assert read(file, Location("", 9, 1, 9, 2)) == []
    assert read(file, Location("", 0, 1, 0, 2)) == []


@pytest.mark.parametrize("data", [b"caf\xe9\n", b"\x00\x01", b"\xff\xfe\x00"])
def test_what_is_not_text_gives_no_excerpt(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_bytes(data)
    assert read(file, Location("", 1, 1, 1, 2)) == []


def test_what_is_no_regular_file_gives_no_excerpt(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "absent", ".", "a\0b"):
        assert read(tmp_path / name, Location("", 1, 1, 1, 2)) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_and_line_ends(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_bytes("Zürich: 1\r\nnext: 2\r\n".encode(encoding))
    assert read(file, Location("", 1, 1, 1, 7)) == [
        "     1 | Zürich: 1",
        "       | ^^^^^^",
        "     2 | next: 2",
    ]


def test_a_file_that_is_refused_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_text("secret\n")
    assert read_lines([Location(str(file), 1, 1, 1, 2)], lambda _: False) == {}


@pytest.mark.parametrize(
    "text",
    [
        '{"format_version":"1.2","variables":{"x":{"value":"hunter2"}},"planned_values":{}}',
        '{"format_version":"1.0","values":{"outputs":{"x":{"sensitive":true,"value":"hunter2"}}}}',
        '{\n "version": 4, "terraform_version": "1.11.4",\n "outputs": "hunter2"}',
        'hunter2"},"after_unknown":{},"before_sensitive":false,"after_sensitive":{}}}]}',
    ],
)
def test_plans_and_states_show_no_lines(text: str, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(text)
    place = Location(str(file), 1, 1, 1, 5)

    assert read_lines([place], lambda _: True) == {str(file): {}}
