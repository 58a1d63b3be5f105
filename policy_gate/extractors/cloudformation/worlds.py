"""Worlds: assignments of what deployment decides, one for the whole template.

A condition whose outcome is not certain splits a world in two, and every policy is looked at in
each world that makes a difference to it. The worlds are correlated: in a world where `Env` is
`prod`, every other condition on `Env` and every `Ref` to it see `prod`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

MAX_WORLDS = 64
"""Worlds looked at for one policy; beyond them the policy is not fully analysed."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class World:
    """What is taken for true besides the values that are given."""

    equal: Mapping[str, str] = field(default_factory=dict)
    """Parameters with one value."""

    excluded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Values that parameters do not have."""

    outcomes: Mapping[str, bool] = field(default_factory=dict)
    """Outcomes of comparisons that are about more than one parameter, by their text."""

    released: frozenset[str] = frozenset()
    """Parameters whose defaults do not hold, without a word on their values."""

    labels: Mapping[str, str] = field(default_factory=dict)
    """What tells this world from the one where every default holds, in words, by subject."""

    def with_equal(self, parameter: str, value: str, label: str | None) -> World:
        return replace(
            self,
            equal={**self.equal, parameter: value},
            labels=_labelled(self.labels, parameter, label),
        )

    def with_excluded(self, parameter: str, value: str, label: str | None) -> World:
        values = (*self.excluded.get(parameter, ()), value)
        return replace(
            self,
            excluded={**self.excluded, parameter: values},
            labels=_labelled(self.labels, parameter, label),
        )

    def with_outcome(
        self, comparison: str, outcome: bool, released: frozenset[str], label: str | None
    ) -> World:
        return replace(
            self,
            outcomes={**self.outcomes, comparison: outcome},
            released=self.released | released,
            labels=_labelled(self.labels, comparison, label),
        )

    def __str__(self) -> str:
        return ", ".join(self.labels.values())


def _labelled(labels: Mapping[str, str], subject: str, label: str | None) -> Mapping[str, str]:
    return labels if label is None else {**labels, subject: label}


class UndecidedError(Exception):
    """A world leaves a condition open; `branches` are the worlds that settle it.

    The first branch is the one in which the defaults hold.
    """

    def __init__(self, *branches: World) -> None:
        super().__init__()
        self.branches = branches


class TooManyWorldsError(Exception):
    """More than MAX_WORLDS worlds make a difference."""


def explore(evaluate: Callable[[World], T]) -> list[tuple[World, T]]:
    """The results of `evaluate` in every world that it distinguishes, the default world first.

    Raises TooManyWorldsError where they are more than MAX_WORLDS.
    """
    results: list[tuple[World, T]] = []
    pending = [World()]
    while pending:
        world = pending.pop()
        try:
            results.append((world, evaluate(world)))
        except UndecidedError as undecided:
            pending.extend(reversed(undecided.branches))
        if len(results) + len(pending) > MAX_WORLDS:
            raise TooManyWorldsError
    return results


def common_label(found_in: Sequence[World], looked_at: int) -> str:
    """What tells the worlds that something is found in from the others, of so many looked at."""
    if len(found_in) == looked_at:
        return ""
    first, *others = found_in
    shared = [
        label
        for subject, label in first.labels.items()
        if all(other.labels.get(subject) == label for other in others)
    ]
    return ", ".join(shared) or str(first)
