"""What a fix is, and what a fixer of a rule sees: the policy and the places of one finding.

A fixer knows of its finding the places alone, so that it also mends what AWS itself reports. It
answers only where it is certain what is to be written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from policy_gate.linting.edits import Edit
from policy_gate.linting.view import Condition, Part, Path, Place, PolicyView, Statement

_WARNING = "This may change what the policy means: check it."


@dataclass(frozen=True, slots=True)
class Fix:
    """One way to mend a finding."""

    description: str
    """One sentence, which also fits a policy that is written in YAML or HCL."""

    edits: tuple[Edit, ...]
    """In characters of the JSON text. None overlaps another."""

    safe: bool
    """The policy means the same as before. One that AWS refuses changes in notation alone: case,
    punctuation, JSON types. What is not safe is a good guess that its author should look at."""

    @property
    def advice(self) -> str:
        """The description, with a warning where there is one."""
        return self.description if self.safe else f"{self.description} {_WARNING}"


Fixer: TypeAlias = Callable[[PolicyView, Sequence[Place]], "Fix | None"]


class Spot(NamedTuple):
    """What a place names, and what holds it."""

    owner: Part
    """The object or array."""

    step: str | int
    """The key or index in it."""

    part: Part
    """The value; of a key, the value under it."""

    @property
    def text(self) -> str | None:
        return self.part.value if isinstance(self.part.value, str) else None


def steps_of(path: Path) -> list[str | int]:
    """The keys and indexes of a path; parts of strings are left out."""
    steps: list[str | int] = []
    for element in path:
        if "index" in element:
            steps.append(element["index"])
        elif "key" in element or "value" in element:
            steps.append(element["key"] if "key" in element else element["value"])
    return steps


def spot_of(policy: PolicyView, place: Place) -> Spot | None:
    """The spot of a place; None of the whole document, and where the policy has no such place."""
    spot = None
    part = policy.root
    for step in steps_of(place.path):
        owner, child = part, None
        if isinstance(step, str):
            child = owner.member(step)
        elif isinstance(owner.value, list) and 0 <= step < len(owner.value):
            child = Part(owner.value[step], (*owner.path, {"index": step}))
        if child is None:
            return None
        part = child
        spot = Spot(owner, step, part)
    return spot


def spots_of(policy: PolicyView, places: Sequence[Place]) -> list[Spot]:
    """The spots of places in one object or array; none unless all are there."""
    spots = [spot for place in places if (spot := spot_of(policy, place))]
    owners = {id(spot.owner.node) for spot in spots}
    return spots if len(spots) == len(places) and len(owners) == 1 else []


def statement_of(policy: PolicyView, place: Place) -> Statement | None:
    """The statement that a place is in, or is."""
    steps = steps_of(place.path)
    for statement in policy.statements:
        own = steps_of(statement.part.path)
        if steps[: len(own)] == own:
            return statement
    return None


def condition_of(policy: PolicyView, place: Place) -> Condition | None:
    """The test that a place is about: a condition key, its values or one of them."""
    statement = statement_of(policy, place)
    if statement is None:
        return None
    names = steps_of(place.path)[len(statement.part.path) :][1:3]
    return next(
        (test for test in statement.conditions if [test.operator_name, test.key] == names), None
    )


def first_condition(policy: PolicyView, places: Sequence[Place]) -> Condition | None:
    """The first test among the places, some of which may be about other elements."""
    return next((test for place in places if (test := condition_of(policy, place))), None)
