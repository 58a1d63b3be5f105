"""Real templates from public repositories, whose policies were counted independently."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from policy_gate.extractors.cloudformation.extract import CloudFormationExtractor
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.model import ReasonCode
from policy_gate.syntax.source import Source

FOLDER = Path(__file__).parents[4] / "shared" / "iac" / "cloudformation"
MANIFEST: list[dict[str, Any]] = (
    json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8")) if FOLDER.is_dir() else []
)
pytestmark = pytest.mark.skipif(not MANIFEST, reason="the real templates are not here")


@pytest.mark.parametrize("entry", MANIFEST, ids=[entry["path"] for entry in MANIFEST])
def test_every_policy_is_found_with_its_place(entry: dict[str, Any]) -> None:
    text = (FOLDER / entry["path"]).read_text(encoding="utf-8")
    extraction = CloudFormationExtractor().extract(Source(entry["path"], text), ExtractSettings())
    # Counted are the policies of the template itself, not those in templates that it holds.
    found = {item.identity for item in extraction.policies if "/" not in item.identity[1]}
    reasons = Counter(item.reason for item in extraction.not_checked)
    if "AWS::Serverless" in str(entry["transform"]):
        # Counted are the entries of SAM templates; what they expand to is more.
        attached = reasons[ReasonCode.DOCUMENT_UNAVAILABLE]
        assert len(found) + attached >= entry["policies"]
        assert not reasons[ReasonCode.NOT_ANALYSED]
    else:
        assert len(found) == entry["policies"]
    lines = text.count("\n") + 1
    for policy in extraction.policies:
        location = policy.sources.locate(())
        assert location.path == entry["path"]
        assert 1 <= location.line <= lines
