"""The plans that a real terraform made, and how to read them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from policy_gate.extractors.discover import extract_paths
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.model import Extraction, Policy, Value

DATA = Path(__file__).parents[2] / "data" / "terraform"
SHARED = Path(__file__).parents[4] / "shared" / "iac" / "terraform"
NAMES = sorted(folder.name for folder in DATA.iterdir() if (folder / "plan.json").exists())


def extracted(path: Path, **settings: Any) -> Extraction:
    return extract_paths([path], [], ExtractSettings(**settings))


def copied(name: str, folder: Path) -> Path:
    """A copy of a fixture that a test may change."""
    return shutil.copytree(DATA / name, folder / name)


def changed(folder: Path, change: dict[str, Any]) -> Path:
    """The plan of a folder with other values for some of its keys."""
    file = folder / "plan.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    return file


def older(plan: Any) -> Any:
    """The plan as old Terraforms wrote it: references are to resources, not to attributes."""
    if isinstance(plan, list):
        return [older(item) for item in plan]
    if not isinstance(plan, dict):
        return plan
    changed = {key: older(value) for key, value in plan.items()}
    if isinstance(references := changed.get("references"), list):
        changed["references"] = list(dict.fromkeys(map(_resource, references)))
    return changed


def _resource(reference: str) -> str:
    head = reference.partition(".")[0]
    if head in ("var", "local", "module", "each", "count", "path", "self"):
        return reference
    return ".".join(re.split(r"[.\[]", reference)[: 3 if head == "data" else 2])


def by_address(found: Extraction) -> dict[str, Policy]:
    return {policy.identity.resource_address: policy for policy in found.policies}


def described(found: Extraction, folder: Path) -> str:
    """Every policy with its line and that of each statement, and what is not checked."""
    lines: list[str] = []

    def place(policy: Policy, *path: str | int) -> str:
        location = policy.sources.locate(path)
        return f"{Path(location.path).relative_to(folder)}:{location.line}"

    for policy in found.policies:
        change = f", {policy.change.action}" if policy.change else ""
        before = f" after {_text(_previous(policy))}" if _previous(policy) else ""
        hidden = ", SENSITIVE" if policy.is_sensitive else ""
        lines.append(
            f"{policy.identity} ({policy.kind}{change}{hidden}) at {place(policy)}{before}"
        )
        document = policy.document
        statements = document.get("Statement") if isinstance(document, dict) else document
        for index, statement in enumerate(statements if isinstance(statements, list) else []):
            lines.append(f"  {place(policy, 'Statement', index)} {_text(statement)}")
        if not isinstance(statements, list):
            lines.append(f"  {place(policy, 'Statement')} {_text(statements)}")
        lines += [f"  {item.kind}: {item.description}" for item in policy.assumptions]
    for item in found.not_checked:
        where = item.location
        line = f"{Path(where.path).relative_to(folder)}:{where.line}" if where else ""
        lines.append(f"not checked: {item.identity} at {line}: {item.reason}: {item.message}")
    lines += [f"note: {note}" for note in found.notes]
    return "".join(f"{line}\n" for line in lines)


def _previous(policy: Policy) -> Value:
    """The version before, where it is another."""
    previous = policy.change.previous if policy.change else None
    return previous if previous != policy.document else None


def _text(value: Value) -> str:
    return json.dumps(value, default=str)
