"""The comparison of two identity policies as one formula of z3's theory of strings.

The straightforward encoding that one would write first: action and resource are strings, each
pattern a regular expression, each condition a boolean of its own.
"""

from __future__ import annotations

from typing import Any

import z3

from policy_gate.reasoning.document import Document, Element, read_document


def compare(new: str, existing: str, timeout_ms: int) -> str:
    """`PASS`, `FAIL` or `unknown`: is there a request that only the new policy allows?"""
    solver = z3.Solver()
    solver.set("timeout", timeout_ms)
    action, resource = z3.String("action"), z3.String("resource")
    conditions: dict[object, Any] = {}
    sides = [
        _allowed(read_document(text, "IDENTITY_POLICY"), action, resource, conditions)
        for text in (new, existing)
    ]
    solver.add(sides[0], z3.Not(sides[1]))
    return {"unsat": "PASS", "sat": "FAIL"}.get(str(solver.check()), "unknown")


def _allowed(document: Document, action: Any, resource: Any, conditions: dict[object, Any]) -> Any:
    allows, denies = [], []
    for statement in document.statements:
        parts = [_matches(statement.action, action, folded=True)]
        if statement.resource is not None:
            parts.append(_matches(statement.resource, resource, folded=False))
        for condition in statement.conditions:
            name = f"condition {len(conditions)}"
            parts.append(conditions.setdefault(condition, z3.Bool(name)))
        (allows if statement.allow else denies).append(z3.And(parts))
    return z3.And(z3.Or(allows), z3.Not(z3.Or(denies)))


def _matches(element: Element, text: Any, folded: bool) -> Any:
    patterns = [value.lower() if folded else value for value in element.values]
    matched = z3.Or([z3.InRe(text, _expression(pattern)) for pattern in patterns])
    return z3.Not(matched) if element.negated else matched


def _expression(pattern: str) -> Any:
    any_text = z3.Full(z3.ReSort(z3.StringSort()))
    any_char = z3.AllChar(z3.ReSort(z3.StringSort()))
    parts: list[Any] = []
    literal = ""
    for char in pattern:
        if char not in "*?":
            literal += char
            continue
        parts += [z3.Re(literal)] * bool(literal) + [any_text if char == "*" else any_char]
        literal = ""
    parts += [z3.Re(literal)] * bool(literal or not parts)
    return parts[0] if len(parts) == 1 else z3.Concat(parts)
