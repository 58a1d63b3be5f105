"""Every reference policy keeps what its examples promise."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_gate.reasoning.checks import check_no_new_access

LIBRARY = Path(__file__).parent.parent / "reference-policies"
EXAMPLES = sorted(LIBRARY.glob("*/*/*.json"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: str(path.relative_to(LIBRARY)))
def test_an_example_ends_as_its_folder_says(example: Path) -> None:
    reference = (example.parent.parent / "policy.json").read_text()

    answer = check_no_new_access(example.read_text(), reference, "IDENTITY_POLICY")

    assert answer.result == example.parent.name.upper()


def test_every_reference_policy_has_examples_of_both_kinds() -> None:
    policies = sorted(LIBRARY.glob("*/policy.json"))
    assert policies
    for policy in policies:
        assert list(policy.parent.glob("pass/*.json"))
        assert list(policy.parent.glob("fail/*.json"))
