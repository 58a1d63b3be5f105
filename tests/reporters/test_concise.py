from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from policy_gate import reporters
from tests.reporters.hostile import HOSTILE, hostile_report, printed
from tests.reporters.reports import failed_report

MATCHER = json.loads(
    Path(reporters.__file__).with_name("problem-matcher.json").read_text(encoding="utf-8")
)["problemMatcher"][0]["pattern"][0]


def matched(text: str) -> list[tuple[str | None, ...]]:
    """What the problem matcher of GitHub reads in the lines."""
    names = ("file", "line", "column", "severity", "code")
    found = (re.match(MATCHER["regexp"], line) for line in text.splitlines())
    return [tuple(match.group(MATCHER[name]) for name in names) for match in found if match]


def test_the_problem_matcher_reads_each_problem() -> None:
    assert matched(printed("concise", failed_report())) == [
        ("role.yaml", "30", "21", "error", "ACCESS_GRANTED"),
        ("role.yaml", "32", "17", "error", "NEW_ACCESS"),
        ("role.yaml", "49", "40", "error", "PUBLIC_ACCESS"),
        ("role.yaml", "47", "7", "notice", "MISSING_VERSION"),
    ]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_adds_a_problem_or_moves_one(name: str) -> None:
    lines = matched(printed("concise", hostile_report(HOSTILE[name])))
    assert len(lines) == 5
    assert all(
        place not in {("role.yaml", "1"), ("x", "1")} for place in (row[:2] for row in lines)
    )
