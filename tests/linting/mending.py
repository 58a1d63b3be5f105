"""A fixer at work on one statement, as tests write it down."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from policy_gate.linting.edits import edited
from policy_gate.linting.fix import Fixer
from policy_gate.linting.interface import PathElement
from policy_gate.linting.view import Place, view_policy
from policy_gate.model import PolicyKind


class Key(str):
    """The last step of a path that names a key and not its value."""


Steps = tuple[str | int, ...]


class Mended(NamedTuple):
    document: Any
    safe: bool
    description: str


def place_of(steps: Steps) -> Place:
    """The place of a path; a fixer reads no offsets."""
    path: list[PathElement] = []
    for step in steps:
        if isinstance(step, int):
            path.append({"index": step})
        elif isinstance(step, Key):
            path.append({"key": str(step)})
        else:
            path.append({"value": step})
    return Place(tuple(path), 0, 0)


def mend_text(
    fixer: Fixer, text: str, *paths: Steps, kind: PolicyKind = PolicyKind.IDENTITY
) -> tuple[str, bool, str] | None:
    """The text after the fix of a finding at these paths; None where there is no fix."""
    fix = fixer(view_policy(text, kind), [place_of(path) for path in paths])
    if fix is None:
        return None
    assert fix.description.endswith(".")
    assert fix.description.isascii()
    assert fix.edits
    return edited(text, fix.edits), fix.safe, fix.description


def mend(fixer: Fixer, document: Any, *paths: Steps) -> Mended | None:
    """The same with documents."""
    found = mend_text(fixer, json.dumps(document), *paths)
    return Mended(json.loads(found[0]), found[1], found[2]) if found else None


def mend_statement(fixer: Fixer, statement: dict[str, Any], *paths: Steps) -> Mended | None:
    """The statement, which is the only one, after the fix of a finding at paths in it."""
    document = {"Version": "2012-10-17", "Statement": statement}
    mended = mend(fixer, document, *(("Statement", *path) for path in paths))
    return mended and mended._replace(document=mended.document["Statement"])


def mend_value(fixer: Fixer, value: str, element: str = "Resource") -> tuple[str, bool] | None:
    """The string after the fix of a finding about it."""
    mended = mend_statement(fixer, {element: value}, (element,))
    return (mended.document[element], mended.safe) if mended else None


def mend_condition(
    fixer: Fixer, condition: dict[str, Any], *paths: Steps
) -> tuple[Any, bool] | None:
    """The Condition, None if it is gone, after the fix of a finding at paths in it."""
    statement = {"Effect": "Allow", "Condition": condition}
    mended = mend_statement(fixer, statement, *(("Condition", *path) for path in paths))
    return (mended.document.get("Condition"), mended.safe) if mended else None
