"""How `aws_iam_policy_document` merges documents.

Statements of later documents take the place of those with the same Sid; those without a Sid are
added.

Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

from __future__ import annotations

from collections.abc import Sequence

from policy_gate.extractors.terraform.values import Located, Place
from policy_gate.model import DeferredText


def merged(
    sources: Sequence[Located], own: Located, overrides: Sequence[Located], place: Place
) -> Located:
    """The statements of the merged document.

    `own` is a list of statements, the others are documents. The result is any value where it can't
    be told which statements take the place of which.
    """
    kept: list[Located] = []
    for statement in [
        *(item for document in sources for item in _statements(document)),
        *_items(own),
        *(item for document in overrides for item in _statements(document)),
    ]:
        sid = _sid(statement)
        if isinstance(sid, DeferredText) and any(_sid(other) is not None for other in kept):
            return Located(sid, statement.place)
        _add(kept, statement, sid)
    return Located(list(kept), place)


def latest(documents: Sequence[Located], own: Located) -> Located:
    """The Version of the merged document: another document can raise it."""
    found = own
    for document in documents:
        entries = document.value if isinstance(document.value, dict) else {}
        version = entries.get("Version")
        if version is None or not isinstance(found.value, str):
            continue
        if not isinstance(version.value, str) or version.value > found.value:
            found = version
    return found


def _add(kept: list[Located], statement: Located, sid: str | DeferredText | None) -> None:
    for index, other in enumerate(kept):
        if isinstance(sid, str) and _sid(other) == sid:
            kept[index] = statement
            return
    kept.append(statement)


def _sid(statement: Located) -> str | DeferredText | None:
    """None where there is none; what decides it where that is not told."""
    value = statement.value
    if isinstance(value, DeferredText):
        return value
    sid = value["Sid"].value if isinstance(value, dict) and "Sid" in value else None
    return sid if isinstance(sid, str | DeferredText) and sid != "" else None


def _statements(document: Located) -> list[Located]:
    """A document of which nothing is known is one such statement, and so is what is no document."""
    value = document.value
    if not isinstance(value, dict):
        return [document]
    return _items(value["Statement"]) if "Statement" in value else []


def _items(value: Located) -> list[Located]:
    return value.value if isinstance(value.value, list) else [value]
