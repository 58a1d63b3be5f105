"""Statements that give one action on resources that nobody has named.

Two families of checks ask the same six questions of two actions: does the statement name the
action, cover it with a wildcard or leave it out of NotAction, and is it for Resource `*` or for
all but NotResource?
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from policy_gate.linting.actions import covers
from policy_gate.linting.patterns import has_wildcard
from policy_gate.linting.rule import Problem, quoted
from policy_gate.linting.view import Place, PolicyView, Statement, Text


class WideGrant(NamedTuple):
    """An action, and what the checks of its family say about it."""

    action: str
    """As AWS writes it."""

    any_resource: str
    """What Resource `*` does, as a clause."""

    other_resources: str
    """What NotResource does, as a clause."""

    advice: str
    limited: Callable[[Statement], bool]
    """Whether a condition of the statement limits what Resource `*` gives."""


class Match(NamedTuple):
    """What half of a statement does, as a clause, and where it stands."""

    clause: str
    places: tuple[Place, ...]


Matcher: TypeAlias = Callable[[WideGrant, Statement], Match | None]


def wide_grants(
    policy: PolicyView, grant: WideGrant, actions: Matcher, resources: Matcher
) -> Iterator[Problem]:
    """The statements that allow what both matchers find."""
    for statement in policy.statements:
        # Resources first: few statements match, and comparing actions is slow.
        where = resources(grant, statement) if statement.allows else None
        which = actions(grant, statement) if where else None
        if where and which:
            yield Problem(
                f"{which.clause}, and {where.clause}: {grant.advice}.", which.places + where.places
            )


def named(grant: WideGrant, statement: Statement) -> Match | None:
    """The action by its name."""
    action = grant.action.lower()
    found = [text for text in statement.texts("Action") if text.value.lower() == action]
    return _match(f"The statement allows {grant.action}", found)


def covered(grant: WideGrant, statement: Statement) -> Match | None:
    """The action by a wildcard."""
    texts = statement.texts("Action")
    found = [
        text for text in texts if has_wildcard(text.value) and covers(text.value, grant.action)
    ]
    return _match(f"{quoted(found[0].value)} covers {grant.action}", found) if found else None


def left_in(grant: WideGrant, statement: Statement) -> Match | None:
    """The action by a NotAction that does not name it."""
    excluded = statement.element("NotAction")
    if not excluded or any(covers(text.value, grant.action) for text in excluded.texts()):
        return None
    return Match(f"NotAction leaves {grant.action} allowed", (excluded.place,))


def any_resource(grant: WideGrant, statement: Statement) -> Match | None:
    """Resource `*`, unless a condition limits it."""
    found = [text for text in statement.texts("Resource") if text.value == "*"]
    if not found or grant.limited(statement):
        return None
    return _match(f'Resource "*" {grant.any_resource}', found)


def other_resources(grant: WideGrant, statement: Statement) -> Match | None:
    """NotResource, whatever it names."""
    excluded = statement.element("NotResource")
    return Match(f"NotResource {grant.other_resources}", (excluded.place,)) if excluded else None


def _match(clause: str, texts: list[Text]) -> Match | None:
    return Match(clause, tuple(text.place for text in texts)) if texts else None
