"""What `policy-gate extract` prints: the policies themselves."""

from __future__ import annotations

import json
from typing import TextIO

from policy_gate.model import (
    SCHEMA_VERSION,
    Assumption,
    Change,
    DocumentPath,
    Extraction,
    NotChecked,
    Policy,
)
from policy_gate.reporters.json_report import (
    assumption_object,
    construct_object,
    guarded,
    location_object,
    policy_object,
)
from policy_gate.reporters.visible import visible
from policy_gate.reporters.wording import construct
from policy_gate.sensitive import HIDDEN, shown_locations

SENSITIVE = "(marked sensitive in the plan)"


def write_json(found: Extraction, stream: TextIO) -> None:
    """One JSON object with `policies`, `not_checked`, `errors` and `notes`.

    A deferred text shows the expressions it is made with. `locations` maps the path of each part of
    a document, its steps joined by `/`, to where it stands.
    """
    content = {
        "schema_version": SCHEMA_VERSION,
        "policies": [_policy(policy) for policy in found.policies],
        "not_checked": [_not_checked(item) for item in found.not_checked],
        "errors": [{"path": item.path, "message": item.message} for item in found.unreadable],
        "skipped_files": found.skipped_files,
        "notes": list(found.notes),
    }
    stream.write(guarded(json.dumps(content, indent=2, ensure_ascii=True, default=str)) + "\n")


def write_console(found: Extraction, stream: TextIO) -> None:
    """One line for each policy and each thing that could not be read.

    No line begins with a text of the user, which CI systems could take for a command.
    """
    lines = []
    for policy in found.policies:
        world = f"  when {policy.world}" if policy.world else ""
        place = policy.sources.locate(())
        action = f"  {policy.change.action}" if policy.change else ""
        line = f"{policy.kind.lower()}  {place}  {policy.identity}{action}{world}"
        lines.append(line + (f"  {construct(policy.construct)}" if policy.construct else ""))
    for item in found.not_checked:
        place_or_file = item.location or item.identity.file
        lines.append(f"{item.reason}  {place_or_file}  {item.identity}  {item.message}")
    lines += [f"error  {item.path}  {item.message}" for item in found.unreadable]
    count = len({policy.identity for policy in found.policies})
    lines += [f"note  {note}" for note in found.notes]
    lines.append(f"{count} policies found, {found.skipped_files} files skipped")
    encoding = stream.encoding or "utf-8"
    stream.write("".join(f"{visible(line, encoding)}\n" for line in lines))


def _policy(policy: Policy) -> dict[str, object]:
    places = shown_locations(policy) if policy.is_sensitive else policy.sources.values.items()
    return {
        **policy_object(policy.identity),
        "construct": construct_object(policy.construct) if policy.construct else None,
        "world": policy.world,
        "is_sensitive": policy.is_sensitive,
        "document": HIDDEN if policy.is_sensitive else policy.document,
        "change": _change(policy.change, policy.is_sensitive) if policy.change else None,
        "assumptions": [_assumption(item, policy.is_sensitive) for item in policy.assumptions],
        "locations": {_joined(path): location_object(place) for path, place in places},
    }


def _change(change: Change, is_sensitive: bool) -> dict[str, object]:
    is_hidden = is_sensitive and change.previous is not None
    return {"action": change.action, "previous": HIDDEN if is_hidden else change.previous}


def _assumption(assumption: Assumption, is_sensitive: bool) -> dict[str, object]:
    shown = assumption_object(assumption)
    if not is_sensitive:
        return shown
    return {**shown, "expression": HIDDEN, "description": HIDDEN, "default": ""}


def _joined(path: DocumentPath) -> str:
    return "/".join(str(step) for step in path)


def _not_checked(item: NotChecked) -> dict[str, object]:
    return {
        **policy_object(item.identity),
        "reason": item.reason.value,
        "message": item.message,
        "location": location_object(item.location) if item.location else None,
    }
