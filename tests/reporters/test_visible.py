from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_gate.reporters.visible import columns, visible, visible_characters
from tests.properties import examples


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("arn:aws:iam::111122223333:role/x", "arn:aws:iam::111122223333:role/x"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\r\nb\tc", r"a\r\nb\tc"),
        ("\u202eevil\u2066", r"\u202eevil\u2066"),
        ("zero\u200bwidth\ufeff", r"zero\u200bwidth\ufeff"),
        ("\ud800", r"\ud800"),
        ("\x9b2J", r"\x9b2J"),
        ("Zürich 漢字", "Zürich 漢字"),
        ("##[error]x", r"#\x23[error]x"),
        ("###vso[task]", r"##\x23vso[task]"),
        ("## A heading [1]", "## A heading [1]"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text, "utf-8") == shown


def test_what_the_stream_can_not_encode_shows_as_escape() -> None:
    assert visible("Zürich 漢", "cp1252") == r"Zürich \u6f22"
    assert visible("Zürich", "ascii") == r"Z\xfcrich"


@examples(40)
@given(st.text(st.characters()), st.sampled_from(["ascii", "cp1252", "utf-8"]))
def test_everything_prints_and_encodes(text: str, encoding: str) -> None:
    shown = visible(text, encoding)
    assert shown.isprintable()
    assert shown.encode(encoding).decode(encoding) == shown
    assert visible(shown, encoding) == shown
    assert len(visible_characters(text, encoding)) == len(text)


def test_columns() -> None:
    assert columns("abc") == 3
    assert columns("漢字") == 4
    assert columns("e\u0301") == 1
