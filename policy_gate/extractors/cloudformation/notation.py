"""Functions of a template in one notation, whether it is YAML or JSON and however laid out."""

from __future__ import annotations

import json
import re

from policy_gate.extractors.cloudformation.resolved import scalar_text
from policy_gate.syntax.node import Node

_BARE = re.compile(r"[\w.:/*+@-]+")


def notation(node: Node) -> str:
    """As `!Select [0, !Split [/, !GetAtt Table.StreamArn]]`; equal for equal trees only."""
    value = node.value
    if isinstance(value, list):
        return f"[{', '.join(map(notation, value))}]"
    if isinstance(value, dict):
        if len(value) == 1:
            (name, argument), *_ = value.items()
            if name in ("Ref", "Condition") or name.startswith("Fn::"):
                return f"!{name.removeprefix('Fn::')} {_argument(name, argument)}"
        entries = sorted(f"{_text(key)}: {notation(child)}" for key, child in value.items())
        return f"{{{', '.join(entries)}}}"
    return _text(scalar_text(value) or "")


def _argument(name: str, argument: Node) -> str:
    value = argument.value
    if name == "Fn::GetAtt" and isinstance(value, list):
        steps = [item.value for item in value if isinstance(item.value, str)]
        if len(steps) == len(value):
            return _text(".".join(steps))
    return notation(argument)


def _text(text: str) -> str:
    return text if _BARE.fullmatch(text) else json.dumps(text, ensure_ascii=False)
