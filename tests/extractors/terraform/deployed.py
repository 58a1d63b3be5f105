"""What `terraform apply` made of the plans under tests/data/terraform, beside what is found.

expected.json lists every policy of a plan: its `address`, `attribute` (as inline_policy/0/policy),
`kind` (CONTAINER for a template), `action`, whether the plan has its text (`known`), the `file` and
`line` that state it, the number of its `statements`, and the `document` that was deployed. It was
read off the applied state and the sources, never off what is found.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from policy_gate.model import DeferredText, Policy, Value

Expected = dict[str, Any]


def expected_of(folder: Path) -> list[Expected]:
    listed: list[Expected] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return listed


def covers(found: Value, deployed: object) -> bool:
    """Does a value stand for what was deployed, and for nothing that was not?

    One value and a list of it are the same, and so are lists in another order.
    """
    if isinstance(found, DeferredText) and _is_open(found):
        return True
    if isinstance(found, list) or isinstance(deployed, list):
        return _covers_each(_listed(found), _listed(deployed))
    if isinstance(found, dict) and isinstance(deployed, dict):
        return found.keys() == deployed.keys() and all(
            covers(value, deployed[key]) for key, value in found.items()
        )
    if isinstance(found, DeferredText) and isinstance(deployed, str):
        parts = (re.escape(part) if isinstance(part, str) else ".*" for part in found.parts)
        return re.fullmatch("".join(parts), deployed, re.DOTALL) is not None
    return found == deployed


def _covers_each(found: list[Value], deployed: list[Any]) -> bool:
    """Each of the one stands for one of the other; an unknown one stands for any number."""
    return all(any(covers(one, other) for one in found) for other in deployed) and all(
        any(covers(one, other) for other in deployed) for one in found
    )


def _is_open(text: DeferredText) -> bool:
    return len(text.parts) == 1


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def unmatched(found: list[Policy], expected: list[Expected]) -> tuple[list[Expected], list[Policy]]:
    """What was deployed and is not found, and what is found and was not deployed."""
    left = list(found)
    missing = []
    for item in expected:
        match = next((policy for policy in left if _is_it(policy, item)), None)
        if match:
            left.remove(match)
        else:
            missing.append(item)
    return missing, left


def _is_it(policy: Policy, item: Expected) -> bool:
    return (
        policy.identity.resource_address == item["address"]
        and policy.kind == item["kind"]
        and (policy.change is None or policy.change.action == item["action"])
        and ("arguments" in item or covers(policy.document, item["document"]))
        and (
            "before" not in item
            or policy.change is None
            or covers(policy.change.previous, item["before"])
        )
    )
