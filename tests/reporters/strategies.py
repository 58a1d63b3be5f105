"""Any report whatever, with any text in it."""

from __future__ import annotations

from hypothesis import strategies as st

from policy_gate.model import (
    AccessChange,
    AccessGroup,
    ActionChange,
    Assumption,
    AssumptionKind,
    BaselineCounts,
    CallCount,
    ChangeKind,
    CheckResult,
    Comparison,
    Construct,
    Coverage,
    Finding,
    GateReport,
    Location,
    PolicyIdentity,
    PolicyKind,
    ReasonCode,
    Severity,
    Status,
    UndecidedAccess,
    Verdict,
    Waiver,
)
from policy_gate.reasoning.answer import Witness

HOSTILE = (
    "\x1b[2J",
    "\r\n::error::x",
    "##[error]x",
    "##vso[task.x]",
    "\u202e",
    "\ud800",
    "\t",
    "漢",
)
texts = st.text(max_size=20) | st.sampled_from(HOSTILE) | st.text(st.characters(), max_size=8)
counts = st.integers(0, 5)
places = st.integers(1, 60)

locations = st.builds(
    Location, st.sampled_from(["role.yaml", "absent.yaml"]), places, places, places, places
)
assumptions = st.builds(
    Assumption, st.sampled_from(AssumptionKind), texts, texts, texts, location=locations
).map(Assumption.as_shown)
witnesses = st.builds(
    Witness,
    texts,
    texts,
    st.none() | texts,
    st.dictionaries(texts, st.lists(texts, max_size=2).map(tuple), max_size=2),
)
waivers = st.builds(Waiver, texts, st.dates(), locations, texts, texts)
findings = st.builds(
    Finding,
    texts,
    st.sampled_from(Severity),
    texts,
    st.booleans(),
    st.lists(locations, max_size=3).map(tuple),
    st.none() | counts,
    st.none() | texts,
    st.none() | witnesses,
    st.none() | texts,
    st.none() | texts,
    texts,
    st.lists(assumptions, max_size=2).map(tuple),
    texts,
    st.booleans(),
    st.none() | waivers,
)
constructs = st.builds(
    Construct,
    texts,
    st.none() | locations,
    st.lists(st.tuples(texts, locations), max_size=2).map(tuple),
)
identities = st.builds(
    PolicyIdentity, texts, texts, texts, texts, st.none() | st.sampled_from(PolicyKind)
)


@st.composite
def results(draw: st.DrawFn) -> CheckResult:
    verdict = draw(st.sampled_from(Verdict))
    reasons = st.sampled_from(ReasonCode) if verdict is Verdict.NOT_CHECKED else st.none()
    return CheckResult(
        draw(identities),
        draw(texts),
        verdict,
        tuple(draw(st.lists(findings, max_size=2))),
        draw(reasons),
        draw(texts),
        draw(st.none() | locations),
        tuple(draw(st.lists(assumptions, max_size=2))),
        tuple(draw(st.lists(texts, max_size=1))),
        draw(st.none() | constructs),
        draw(st.booleans()) and verdict is not Verdict.PASS,
        draw(st.booleans()),
        draw(texts),
        draw(st.booleans()),
        draw(st.none() | waivers),
    )


action_changes = st.builds(
    ActionChange, texts, texts, st.none() | counts, witnesses, st.none() | counts, texts
)
groups = st.builds(
    AccessGroup,
    texts,
    texts,
    st.lists(texts, min_size=1, max_size=3).map(tuple),
    texts,
    st.none() | counts,
    st.none() | counts,
    st.none() | locations,
    witnesses,
    texts,
)
changes = st.builds(
    AccessChange,
    identities,
    st.sampled_from(ChangeKind),
    st.none() | locations,
    texts,
    st.lists(action_changes, max_size=1).map(tuple),
    st.lists(action_changes, max_size=1).map(tuple),
    st.lists(groups, max_size=1).map(tuple),
    st.lists(groups, max_size=1).map(tuple),
    st.lists(
        st.builds(UndecidedAccess, texts, st.lists(texts, max_size=2).map(tuple)), max_size=1
    ).map(tuple),
    texts,
)
comparisons = st.builds(
    Comparison, texts, st.lists(changes, max_size=1).map(tuple), counts, counts, st.just("")
)
failed_comparisons = st.builds(Comparison, texts, error=st.text(min_size=1, max_size=20))

reports = st.builds(
    GateReport,
    st.sampled_from(Status),
    st.integers(0, 3),
    texts,
    texts,
    st.builds(
        Coverage,
        *[counts] * 5,
        st.dictionaries(st.sampled_from(ReasonCode), counts),
        *[counts] * 2,
    ),
    st.lists(results(), max_size=3).map(tuple),
    st.lists(texts, max_size=2).map(tuple),
    st.none() | st.dates(),
    st.none() | st.builds(CallCount, counts, counts, counts, st.floats(0, 1)),
    st.none() | comparisons | failed_comparisons,
    st.none() | st.builds(BaselineCounts, texts, counts, counts, counts),
    counts,
)
