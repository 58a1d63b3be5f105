"""No text of an input breaks out of any format."""

from __future__ import annotations

import pytest
from hypothesis import given

from policy_gate.model import GateReport
from policy_gate.reporters.registry import REPORTERS
from tests.properties import examples
from tests.reporters.hostile import HOSTILE, hostile_report, printed
from tests.reporters.strategies import reports

OURS = "\u200b"
"""What Markdown parts mentions with."""

MOST = 400_000
"""Characters of a report with five problems, whatever they say."""


def assert_harmless(kind: str, text: str) -> None:
    assert text.endswith("\n")
    assert all(char.isprintable() or char in f"\n{OURS}" for char in text)
    assert "##[" not in text
    assert "##vso[" not in text
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", REPORTERS)
def test_a_hostile_text_stays_text(kind: str, name: str) -> None:
    text = printed(kind, hostile_report(HOSTILE[name]))
    assert_harmless(kind, text)
    assert len(text) < MOST or kind in {"json", "console"}


@pytest.mark.parametrize("kind", [kind for kind in REPORTERS if kind != "console"])
@examples(40)
@given(reports)
def test_any_report_is_printed(kind: str, shown: GateReport) -> None:
    assert_harmless(kind, printed(kind, shown))
    assert printed(kind, shown) == printed(kind, shown)
