"""What the parts of a request can be, and texts of them that a reader knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from policy_gate.casing import folded
from policy_gate.reasoning.atoms import Dimension
from policy_gate.reasoning.automaton import overlap
from policy_gate.reasoning.budget import Budget
from policy_gate.reasoning.examples import (
    Vocabulary,
    example_actions,
    example_principals,
    example_resources,
    no_vocabulary,
)
from policy_gate.reasoning.language import Language
from policy_gate.reasoning.patterns import Pattern, arn_pattern, free_pattern
from policy_gate.reasoning.search import is_between, shortest_text

EVERYTHING = free_pattern("*")
_ACTION = free_pattern("?*:?*")
_ACTIONS = Language([_ACTION])
_ARN = arn_pattern("arn:?*:?*:*:*:?*")
_ARNS = Language([_ARN])
_BEGINS_AS_ARN = Language([free_pattern("arn:*")])
_NOT_EMPTY = Language([free_pattern("?*")])
_PRINCIPALS = Language(
    free_pattern(f"{kind}:?*") for kind in ("AWS", "Service", "Federated", "CanonicalUser")
)
_ANYONE = "*"
_EXAMPLES = 20
"""Patterns of one language that examples are made from."""


class Wanted(NamedTuple):
    """A text to find: a part of a request, in `focus`, all of `inside`, none of `outside`."""

    dimension: Dimension
    focus: Pattern
    inside: frozenset[Language] = frozenset()
    outside: frozenset[Language] = frozenset()


def may_match(dimension: Dimension, focus: Pattern) -> bool:
    """Whether a request may have such a part, as far as is plain to see."""
    if dimension is Dimension.ACTION and focus.prefix.find(":", 1, -1) > 0:
        return True
    if focus.literal:
        return _is_possible(dimension, focus.prefix)
    if dimension is Dimension.ACTION:
        return overlap(focus, _ACTION)
    if dimension is Dimension.RESOURCE and focus.prefix.startswith("arn:"):
        return overlap(focus, _ARN)
    return True


def in_order(languages: Iterable[Language]) -> list[Language]:
    """Languages in an order that does not depend on their hashes."""
    return sorted(languages, key=lambda language: [repr(p.key) for p in language.patterns])


def find_text(
    wanted: Wanted, budget: Budget, service: str = "", vocabulary: Vocabulary = no_vocabulary
) -> str | None:
    """Such a text, None where there is none.

    It is an example, preferably of `service`, where one fits, otherwise the shortest text.
    Actions come in lower case unless an example has their usual spelling.
    Raises BudgetExceededError.
    """
    within = [Language([wanted.focus]), *in_order(wanted.inside)]
    outside = in_order(wanted.outside)
    size = sum(len(language.patterns) for language in (*within, *outside))
    for example in _examples(wanted.dimension, within, service, vocabulary):
        budget.spend(1 + size)
        text = folded(example) if wanted.dimension is Dimension.ACTION else example
        if _is_possible(wanted.dimension, text) and is_between(text, within, outside):
            return example
    if any(len(language.patterns) > 1 for language in within):
        # One pattern of each is searched much faster than all of them.
        narrow = [Language(language.patterns[:1]) for language in within]
        found = _search(wanted.dimension, narrow, outside, budget)
        if found is not None:
            return found
    return _search(wanted.dimension, within, outside, budget)


def _search(
    dimension: Dimension, within: list[Language], outside: list[Language], budget: Budget
) -> str | None:
    if dimension is Dimension.ACTION:
        return shortest_text([*within, _ACTIONS], outside, budget)
    if dimension is Dimension.PRINCIPAL:
        return shortest_text([*within, _PRINCIPALS], outside, budget)
    arn = shortest_text([*within, _ARNS], outside, budget)
    if arn is not None:
        return arn
    return shortest_text([*within, _NOT_EMPTY], [*outside, _BEGINS_AS_ARN], budget)


def _examples(
    dimension: Dimension, within: Sequence[Language], service: str, vocabulary: Vocabulary
) -> Iterable[str]:
    patterns = [pattern for language in within for pattern in language.patterns[:_EXAMPLES]]
    if dimension is Dimension.ACTION:
        return example_actions(patterns, vocabulary)
    if dimension is Dimension.RESOURCE:
        return example_resources(patterns, service)
    return example_principals(patterns)


def _is_possible(dimension: Dimension, text: str) -> bool:
    if dimension is Dimension.ACTION:
        service, _, name = text.partition(":")
        return bool(service and name)
    if dimension is Dimension.PRINCIPAL:
        return text == _ANYONE or _PRINCIPALS.automaton.accepts(text)
    if text.startswith("arn:"):
        parts = text.split(":", 5)
        return len(parts) == 6 and bool(parts[1] and parts[2] and parts[5])
    return bool(text)
