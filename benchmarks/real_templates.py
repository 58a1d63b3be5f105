"""What the extractor finds in a folder of real templates whose policies were counted otherwise.

    .venv/bin/python benchmarks/real_templates.py FOLDER

The folder has a manifest.json: a list of `path`, `policies` (the count) and `transform`. Of a SAM
template the count is that of the entries as written; what they expand to is more.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from policy_gate.extractors.discover import extract_paths
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.model import Extraction, Policy, ReasonCode


def main() -> None:
    folder = Path(sys.argv[1])
    total = Counter[str]()
    for entry in json.loads((folder / "manifest.json").read_text(encoding="utf-8")):
        path = folder / entry["path"]
        extraction = extract_paths([path], [], ExtractSettings())
        total += _counts(entry, extraction)
        total += _statements(extraction, len(path.read_text(encoding="utf-8").splitlines()))
    print(f"templates                     {total['templates']}")
    print(f"  aborted                     {total['aborted']}")
    print(f"policies, without SAM         {_of(total, 'plain found', 'plain counted')}")
    print(f"  templates where they agree  {_of(total, 'plain same', 'plain')}")
    print(f"policies, SAM                 {total['SAM found']} of {total['SAM counted']} entries")
    print(f"  templates with all of them  {_of(total, 'SAM same', 'SAM')}")
    print(f"  templates translated        {_of(total, 'SAM translated', 'SAM')}")
    print(f"policies, inside of those     {total['nested']}")
    print(f"statements with file:line     {_of(total, 'placed', 'statements')}")


def _of(total: Counter[str], part: str, whole: str) -> str:
    share = total[part] / total[whole] if total[whole] else 1
    return f"{total[part]} of {total[whole]} ({share:.1%})"


def _counts(entry: dict[str, Any], extraction: Extraction) -> Counter[str]:
    is_sam = "AWS::Serverless" in str(entry["transform"])
    kind = "SAM" if is_sam else "plain"
    reasons = Counter(item.reason for item in extraction.not_checked)
    identities = {policy.identity for policy in extraction.policies}
    # The count knows nothing of templates inside a template: `StackSet/Role` is an address there.
    nested = sum("/" in identity.resource_address for identity in identities)
    found = len(identities) - nested
    if is_sam:
        # Policies of AWS that are attached by name are entries too.
        found += reasons[ReasonCode.DOCUMENT_UNAVAILABLE]
    is_same = found >= entry["policies"] if is_sam else found == entry["policies"]
    unread = [item for item in extraction.not_checked if not any(item.identity[1:4])]
    return Counter(
        {
            "templates": 1,
            kind: 1,
            "nested": nested,
            "aborted": bool(unread or extraction.unreadable),
            f"{kind} found": found,
            f"{kind} counted": entry["policies"],
            f"{kind} same": is_same,
            f"{kind} translated": not reasons[ReasonCode.NOT_ANALYSED],
        }
    )


def _statements(extraction: Extraction, lines: int) -> Counter[str]:
    counts = Counter[str]()
    for policy in extraction.policies:
        for path in _paths(policy):
            # A document from elsewhere, as an AWS managed policy, stands where it is attached.
            places = policy.sources.values
            location = places.get(path) if len(places) > 1 else places[()]
            counts["statements"] += 1
            counts["placed"] += location is not None and 1 <= location.line <= lines
    return counts


def _paths(policy: Policy) -> list[tuple[str | int, ...]]:
    document = policy.document
    statements = document.get("Statement") if isinstance(document, dict) else None
    if isinstance(statements, list):
        return [("Statement", index) for index in range(len(statements))]
    return [] if statements is None else [("Statement",)]


if __name__ == "__main__":
    main()
