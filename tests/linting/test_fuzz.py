"""Any policy has an answer in the API's terms. `make fuzz` tries many more."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from policy_gate.analyzers.embedded import VALIDATE_POLICY_RESOURCE_TYPES
from policy_gate.linting.validate import validate_policy
from tests.linting.grammar import EXAMPLES, POLICIES, mutated_examples
from tests.linting.shape import assert_in_shape

POLICY_TYPES = st.sampled_from(
    [
        ("IDENTITY_POLICY", None),
        ("SERVICE_CONTROL_POLICY", None),
        ("RESOURCE_CONTROL_POLICY", None),
        ("RESOURCE_POLICY", None),
        *(("RESOURCE_POLICY", kind) for kind in VALIDATE_POLICY_RESOURCE_TYPES),
    ]
)


def check(text: str, policy_type: tuple[str, str | None]) -> None:
    findings = validate_policy(text, *policy_type, approximate=True)
    assert_in_shape(findings, text)
    certain = validate_policy(text, *policy_type)
    assert [finding for finding in findings if finding in certain] == certain


@given(POLICIES, POLICY_TYPES, st.sampled_from([None, 2]), st.booleans())
def test_policies_of_the_grammar(
    policy: object, policy_type: tuple[str, str | None], indent: int | None, ascii_only: bool
) -> None:
    check(json.dumps(policy, indent=indent, ensure_ascii=ascii_only), policy_type)


@given(mutated_examples(), POLICY_TYPES)
def test_policies_with_parts_of_others(text: str, policy_type: tuple[str, str | None]) -> None:
    check(text, policy_type)


@given(st.sampled_from(EXAMPLES), st.data(), POLICY_TYPES)
def test_policies_with_a_piece_of_text_replaced(
    text: str, data: st.DataObject, policy_type: tuple[str, str | None]
) -> None:
    start = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 20))
    insert = data.draw(st.text(max_size=3) | st.sampled_from(['"', "[", "]", "{", "}", ",", "${"]))
    check(text[:start] + insert + text[start + length :], policy_type)
