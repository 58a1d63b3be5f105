"""Fn::ToJsonString: a resolved structure as JSON text whose deferred strings stay deferred."""

from __future__ import annotations

import json

from policy_gate.extractors.cloudformation.resolved import Resolved
from policy_gate.extractors.texts import Part
from policy_gate.model import Assumption, DeferredText


def to_json_parts(resolved: Resolved) -> list[Part]:
    """The parts of the JSON text; an assumption stands inside quotes."""
    value = resolved.value
    if isinstance(value, DeferredText):
        return ['"', *(_escaped(part) for part in value.parts), '"']
    if isinstance(value, dict):
        parts: list[Part] = ["{"]
        for position, (key, child) in enumerate(value.items()):
            parts.append(f"{',' if position else ''}{json.dumps(key)}:")
            parts += to_json_parts(child)
        return [*parts, "}"]
    if isinstance(value, list):
        parts = ["["]
        for position, child in enumerate(value):
            parts += [","] if position else []
            parts += to_json_parts(child)
        return [*parts, "]"]
    return [json.dumps(value)]


def _escaped(part: Part) -> Part:
    return part if isinstance(part, Assumption) else json.dumps(part)[1:-1]
