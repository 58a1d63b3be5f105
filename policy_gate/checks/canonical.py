"""One text for all the ways to write the same part of a policy.

The order of keys and of lists counts for nothing, nor does whether one value stands in a list, nor
whether `true` or a number is in quotes: the policy language takes each for the same.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json

from policy_gate.model import DeferredText


def canonical(value: object) -> str:
    """JSON text. `value` is made of JSON values, tuples and deferred texts."""
    if isinstance(value, dict):
        entries = sorted(f"{_quoted(str(key))}:{canonical(item)}" for key, item in value.items())
        return f"{{{','.join(entries)}}}"
    if isinstance(value, list | tuple):
        items = sorted(map(canonical, value))
        return items[0] if len(items) == 1 else f"[{','.join(items)}]"
    if isinstance(value, bool):
        return _quoted("true" if value else "false")
    if isinstance(value, DeferredText):
        # An expression is told apart from a text that looks like one.
        parts = (
            _literal(part) if isinstance(part, str) else part.expression for part in value.parts
        )
        return json.dumps("".join(parts))
    return "null" if value is None else _quoted(str(value))


def _quoted(text: str) -> str:
    return json.dumps(_literal(text))


def _literal(text: str) -> str:
    return text.replace("$", "$$")
