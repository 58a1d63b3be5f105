"""Documents of AWS managed policies that grant administration, bundled.

The data file says where they come from.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from policy_gate.managed_policies.interface import AWS, parsed
from policy_gate.model import Value

_FILE = Path(__file__).parent / "data" / "managed_policies.json"


class BundledDocuments:
    """The administrator-grade policies of AWS, in any partition."""

    def document(self, arn: str) -> Value:
        policy = parsed(arn)
        return _documents().get(policy.name) if policy and policy.account == AWS else None


@cache
def _documents() -> dict[str, Value]:
    content = json.loads(_FILE.read_text(encoding="utf-8"))
    return {path.rsplit("/", 1)[-1]: policy for path, policy in content["policies"].items()}
