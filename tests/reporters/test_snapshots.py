"""How the reports look; UPDATE_SNAPSHOTS=1 in the environment rewrites the texts."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from policy_gate import __version__
from policy_gate.model import Coverage, Status
from policy_gate.reporters.registry import REPORTERS
from tests.reporters.accepted import accepted_report, expired_report
from tests.reporters.hostile import printed
from tests.reporters.reports import (
    NOT_ANALYSED,
    THROTTLED,
    UNAVAILABLE,
    UNDECIDED,
    failed_report,
    passed_report,
    report,
    undecided_report,
)
from tests.reporters.snapshot import assert_snapshot

SHOWN = {
    "passed": passed_report(),
    "failed": failed_report(),
    "undecided": undecided_report(
        Status.FAILED, 2, UNDECIDED, THROTTLED, NOT_ANALYSED, replace(UNAVAILABLE, blocking=False)
    ),
    "accepted": accepted_report(),
    "expired": expired_report(),
    "empty": report(Status.EMPTY, 3, [], Coverage(skipped_files=4)),
}


@pytest.mark.usefixtures("_in_repository")
@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("kind", [kind for kind in REPORTERS if kind not in {"console", "json"}])
def test_snapshot(kind: str, name: str) -> None:
    text = printed(kind, SHOWN[name]).replace(__version__, "VERSION")
    if kind == "sarif":
        text = json.dumps(json.loads(text), indent=1) + "\n"
    assert_snapshot(f"{kind}-{name}", text)
