"""Which actions identity policies allow today, as they are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple

from policy_gate.analyzers.interface import is_action
from policy_gate.casing import folded
from policy_gate.model import DocumentPath, Policy, PolicyKind, Value
from policy_gate.reporters.visible import one_line

_MAX_PLACES = 2


class Allowed(NamedTuple):
    """An action, perhaps with wildcards, and where policies allow it."""

    pattern: str
    places: tuple[str, ...]
    """As `template.yaml:30`, each printable."""

    def covers(self, action: str) -> bool:
        return fnmatchcase(folded(action), folded(self.pattern))

    def where(self) -> str:
        """As `template.yaml:30, roles.yaml:7 and 4 more`."""
        more = len(self.places) - _MAX_PLACES
        shown = ", ".join(self.places[:_MAX_PLACES])
        return f"{shown} and {more} more" if more > 0 else shown


def allowed_today(policies: Iterable[Policy]) -> list[Allowed]:
    """The actions of all Allow statements of identity policies, in alphabetical order.

    What NotAction allows, and what only deployment knows, is not among them.
    """
    found: dict[str, tuple[str, dict[str, None]]] = {}
    for policy in policies:
        if policy.kind is PolicyKind.IDENTITY and not policy.is_sensitive:
            for action, path in _actions(policy.document):
                _, places = found.setdefault(folded(action), (action, {}))
                places[_place(policy, path)] = None
    return [Allowed(action, tuple(places)) for _, (action, places) in sorted(found.items())]


def _actions(document: Value) -> Iterator[tuple[str, DocumentPath]]:
    statements = document.get("Statement") if isinstance(document, dict) else None
    for number, statement in enumerate(_as_list(statements)):
        if not isinstance(statement, dict) or statement.get("Effect") != "Allow":
            continue
        for index, action in enumerate(_as_list(statement.get("Action"))):
            if isinstance(action, str) and (action == "*" or is_action(action)):
                yield action, ("Statement", number, "Action", index)


def _as_list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [value]


def _place(policy: Policy, path: DocumentPath) -> str:
    construct = policy.construct
    place = (construct and construct.created_at) or policy.sources.locate(path)
    return one_line(f"{place.path}:{place.line}", most=200)
