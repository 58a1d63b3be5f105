"""JSON text with indentation is that of the standard library."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from policy_gate.reporters.json_text import indented
from tests.properties import examples

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)


@examples(200)
@given(values)
def test_any_value_is_written_as_the_standard_library_does(value: object) -> None:
    assert indented(value) == json.dumps(value, indent=2)


def test_what_is_empty_takes_no_line() -> None:
    assert indented({"a": [], "b": {}, "c": ()}) == '{\n  "a": [],\n  "b": {},\n  "c": []\n}'
