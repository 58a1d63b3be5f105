"""A JSON report is read back as what it was, and anything else is refused with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_gate.model import (
    Comparison,
    Coverage,
    GateReport,
    InvalidWaiver,
    Listing,
    Location,
    ReasonCode,
    Shard,
    WaivedPlace,
    Waiver,
)
from policy_gate.reporters import json_reader
from policy_gate.reporters.json_reader import ReportError, read_report
from policy_gate.reporters.registry import find_reporter
from tests.properties import examples
from tests.reporters.reports import failed_report, passed_report
from tests.reporters.strategies import counts, locations, places, reports, texts

DAY = date(2026, 1, 31)
WAIVER = Waiver("why", DAY, Location("w.yml", 1, 1, 2, 1), places=(WaivedPlace("a", "B"),))
SHARD = Shard(1, 2, 3, "c0ffee", "aa", "bb", {"policy-gate": "1"}, DAY, (WAIVER,))


def written(report: GateReport, name: str = "json") -> str:
    stream = StringIO()
    find_reporter(name).write(report, stream)
    return stream.getvalue()


waived_places = st.builds(WaivedPlace, texts, texts, st.none() | texts, st.none() | counts)
all_waivers = st.builds(
    Waiver,
    texts,
    st.dates(),
    locations,
    *[texts] * 6,
    st.lists(waived_places, max_size=2).map(tuple),
)
shards = st.builds(
    Shard,
    places,
    places,
    counts,
    texts,
    texts,
    texts,
    st.dictionaries(texts, texts, max_size=2),
    st.dates(),
    st.lists(all_waivers, max_size=2).map(tuple),
    st.lists(st.builds(InvalidWaiver, texts, locations), max_size=1).map(tuple),
    st.none() | counts,
    st.lists(
        st.builds(Listing, texts, st.lists(texts, max_size=2).map(tuple), st.none() | counts),
        max_size=1,
    ).map(tuple),
)


@examples(40)
@given(st.builds(lambda report, shard: replace(report, shard=shard), reports, shards))
def test_a_report_is_read_back_as_what_it_was(report: GateReport) -> None:
    counted = {reason: report.coverage.not_checked.get(reason, 0) for reason in ReasonCode}
    coverage = replace(report.coverage, not_checked=counted)
    # A report that compares is refused: no shard does.
    whole = replace(report, coverage=coverage, comparison=None)

    assert read_report(written(whole).encode()) == whole


def test_every_field_of_a_report_has_been_read_back() -> None:
    """The strategy above gives each field a value that is not its default."""
    report = passed_report()
    assert {field.name for field in fields(report)} == {
        "status", "exit_status", "analyzer", "analyzer_reason", "coverage", "results", "notes",
        "service_data", "calls", "comparison", "baseline", "waived", "shard",
    }  # fmt: skip
    assert {field.name for field in fields(report.results[0])} == {
        "identity", "check", "verdict", "findings", "reason", "message", "location", "assumptions",
        "rests_on", "construct", "blocking", "is_sensitive", "fingerprint", "known", "waiver",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["console", "json"])
def test_every_reporter_prints_the_same_of_it(name: str) -> None:
    report = failed_report()
    assert written(read_report(written(report).encode()), name) == written(report, name)


def refused(text: str | bytes) -> str:
    with pytest.raises(ReportError) as caught:
        read_report(text if isinstance(text, bytes) else text.encode())
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "it is not JSON, or not all of it (Expecting value: line 1, column 1)"),
        ("{", "it is not JSON, or not all of it"),
        (b"\xff\xfe{}", "it is not UTF-8 text (byte 0)"),
        ("[" * 100_000, "it is nested too deeply"),
        ("null", "it is not a report"),
        ("[]", "it is not a report"),
        ("{}", "it is not a report"),
        ('{"Resources": {}}', "it is not a report"),
        ('{"schema_version": "1.0", "schema_version": "1.0"}', "a key is there twice"),
        ('{"schema_version": NaN}', "NaN is no number"),
        ('{"schema_version": 1%s}' % ("0" * 5000), "it is not JSON as a report has it"),
        ('{"schema_version": "2.0"}', "its schema_version is '2.0', and this policy-gate reads"),
        ('{"schema_version": {}}', "its schema_version is this, and"),
        ('{"schema_version": "1.0"}', "analyzer: an object with name, reason, service_data, calls"),
    ],
)
def test_what_is_no_report_is_refused(text: str | bytes, complaint: str) -> None:
    assert complaint in refused(text)


def test_a_report_that_was_cut_is_refused() -> None:
    text = written(failed_report())
    for end in range(0, len(text) - 2, 97):
        assert "not all of it" in refused(text[:end])


def test_a_report_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    text = written(failed_report())
    monkeypatch.setattr(json_reader, "MAX_BYTES", len(text) - 1)
    assert "it is larger than" in refused(text)


def test_a_report_that_compares_revisions_is_refused() -> None:
    report = replace(failed_report(), comparison=Comparison("main (0123456789ab)"))
    assert "it compares a change with its base" in refused(written(report))


def change(path: str, value: object) -> Callable[[Any], None]:
    """Sets, or with `...` deletes, one value of a report."""
    *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]

    def changed(root: Any) -> None:
        for step in steps:
            root = root[step]
        if value is ...:
            del root[last]
        else:
            root[last] = value

    return changed


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("status", "green", "status: 'green' is none of passed, failed, error, empty"),
        ("status", ..., "status: it is missing"),
        ("more", 1, "more: unknown key"),
        ("service_data", None, "service_data: unknown key"),
        ("exit_status", "0", "exit_status: '0' is no count"),
        ("exit_status", True, "exit_status: True is no count"),
        ("exit_status", 0.0, "exit_status: 0.0 is no count"),
        ("exit_status", -1, "exit_status: -1 is no count"),
        ("exit_status", None, "exit_status: None is no count"),
        ("notes", "x", "notes: a list is expected here"),
        ("notes", [1], "notes[0]: 1 is no str"),
        ("results", {}, "results: a list is expected here"),
        ("results/0", [], "results[0]: an object is expected here"),
        ("results/2/verdict", "MAYBE", "results[2].verdict: 'MAYBE' is none of PASS, FAIL"),
        ("results/2/findings/0/blocking", 1, "results[2].findings[0].blocking: 1 is no bool"),
        ("results/2/findings/0/sid", ["x"], "results[2].findings[0].sid: this is no str"),
        ("results/2/findings/0/locations/0/line", "1", "locations[0].line: '1' is no count"),
        ("results/2/findings/0/witness/context", {"a": "b"}, "context.a: a list is expected here"),
        ("results/0/policy/kind", "ANY", "results[0].policy.kind: 'ANY' is none of IDENTITY"),
        ("results/0/identity", {}, "results[0].identity: unknown key"),
        ("coverage/not_checked/because", 1, "coverage.not_checked: 'because' is none of"),
        ("coverage/found", None, "coverage.found: None is no count"),
        ("analyzer/service_data", "today", "service_data: 'today' is no date"),
        ("analyzer/calls", {}, "calls.made: it is missing"),
        ("analyzer/more", {}, "analyzer: an object with"),
        ("shard", ..., "shard: it is missing"),
        ("shard/day", "31.1.2026", "shard.day: '31.1.2026' is no date"),
        ("shard/in_baseline", "1", "shard.in_baseline: '1' is no count"),
        ("shard/waivers/0/places/0/file", 1, "shard.waivers[0].places[0].file: 1 is no str"),
        ("shard/invalid_waivers", {}, "shard.invalid_waivers: a list is expected here"),
        ("baseline", 1, "baseline: an object is expected here"),
        ("waived", None, "waived: None is no count"),
        ("results/0/waiver", "x", "results[0].waiver: an object is expected here"),
        ("shard/count", 1.5, "shard.count: 1.5 is no count"),
        ("shard/versions", [], "shard.versions: an object is expected here"),
        ("shard/versions/x", 1, "shard.versions.x: 1 is no str"),
    ],
)
def test_one_wrong_value_is_refused_with_its_place(
    path: str, value: object, complaint: str
) -> None:
    root = json.loads(written(replace(failed_report(), shard=SHARD)))
    change(path, value)(root)
    assert complaint in refused(json.dumps(root))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


@given(st.data())
def test_any_value_anywhere_is_read_or_refused(data: st.DataObject) -> None:
    """Whatever stands at a place of a report: a report comes of it, or a message."""
    root = json.loads(written(replace(failed_report(), shard=SHARD)))
    at: Any = root
    while True:
        keys = list(at) if isinstance(at, dict) else range(len(at))
        key = data.draw(st.sampled_from(keys))
        if not (isinstance(at[key], dict | list) and at[key]) or data.draw(st.booleans()):
            break
        at = at[key]
    at[key] = data.draw(json_values)
    try:
        report = read_report(json.dumps(root).encode())
    except ReportError:
        return
    assert isinstance(report.coverage, Coverage)
    for name in ("console", "json"):
        assert written(report, name)
