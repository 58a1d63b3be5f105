"""What a change adds is shown whatever texts it holds."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import jsonschema
from hypothesis import given

from policy_gate.model import Comparison, Coverage, GateReport, Status
from policy_gate.reporters import json_report
from policy_gate.reporters.registry import find_reporter
from tests.properties import examples
from tests.reporters.strategies import comparisons

SCHEMA = Path(json_report.__file__).with_name("gate-report.schema.json")
EMPTY = GateReport(Status.PASSED, 0, "embedded", "", Coverage(), ())

few = examples(40)


def printed(comparison: Comparison, kind: str) -> str:
    stream = StringIO()
    find_reporter(kind).write(replace(EMPTY, comparison=comparison), stream)
    return stream.getvalue()


@few
@given(comparisons)
def test_no_text_can_forge_a_line_or_a_command(comparison: Comparison) -> None:
    text = printed(comparison, "console")
    assert all(char.isprintable() for char in text.replace("\n", ""))
    assert "##[" not in text
    assert "##vso[" not in text
    own = ("  ", "Access since", "PASSED", "Coverage:", "Analyzer:")
    for line in text.splitlines():
        assert not line.lstrip().startswith("::")
        assert line.startswith(own) or not line


@few
@given(comparisons)
def test_the_schema_describes_it(comparison: Comparison) -> None:
    text = printed(comparison, "json")
    assert text.isascii()
    assert "##[" not in text
    jsonschema.validate(json.loads(text), json.loads(SCHEMA.read_text(encoding="utf-8")))
