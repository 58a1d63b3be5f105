"""The statements of two versions of a policy, told apart into those that stayed and the others.

A statement that both versions have, written alike, is no part of the change, whatever deployment
makes of it: with A for what the Allow statements match, D for what the Deny statements match and
"same" for the statements of both,

    added = (A_new - D_new) - (A_old - D_old)
          = ((A_new - A_same) - D_new - A_old)  or  ((A_new - D_new) and (D_old - D_same))

since what D_same matches is allowed by neither, and what A_same matches only a Deny kept out.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from policy_gate.casing import folded
from policy_gate.model import Assumption, DeferredText, Value
from policy_gate.reasoning.document import VERSION_WITH_VARIABLES

_OLD_VERSION = "2008-10-17"
_ANY_CASE = ("Action", "NotAction")

Effect = Literal["Allow", "Deny", ""]


class CannotCompareError(Exception):
    """Two versions of a policy cannot be compared; says why."""


class Statement(NamedTuple):
    """A statement of one version."""

    number: int
    """From 0."""

    value: dict[str, Value]


@dataclass(frozen=True)
class Halves:
    """One version: its Allow and its Deny statements, those first that the other has as well."""

    version: str
    same_allows: tuple[Statement, ...] = ()
    other_allows: tuple[Statement, ...] = ()
    same_denies: tuple[Statement, ...] = ()
    other_denies: tuple[Statement, ...] = ()
    open_effects: tuple[int, ...] = ()
    """Statements of both versions of which deployment decides whether they allow or deny."""

    @property
    def allows(self) -> tuple[Statement, ...]:
        return (*self.same_allows, *self.other_allows)

    @property
    def denies(self) -> tuple[Statement, ...]:
        return (*self.same_denies, *self.other_denies)


def halves_of(new: Value, old: Value) -> tuple[Halves, Halves]:
    """Both versions of a policy; None is a version without any statement.

    Raises CannotCompareError.
    """
    versions = _version(new), _version(old)
    listed = _statements(new), _statements(old)
    keys = [{written(_content(item)) for item in items} for items in listed]
    same = keys[0] & keys[1]
    if versions[0] != versions[1] and new is not None and old is not None:
        # A policy variable of one version is plain text in the other.
        same = {key for key in same if "${" not in repr(key)}
    return _halves(versions[0], listed[0], same), _halves(versions[1], listed[1], same)


def _halves(version: str, items: Sequence[Value], same: set[Hashable]) -> Halves:
    found: dict[tuple[Effect, bool], list[Statement]] = {}
    open_effects = []
    for index, item in enumerate(items):
        is_same = written(_content(item)) in same
        effect = _effect(item)
        if isinstance(item, dict) and effect:
            found.setdefault((effect, is_same), []).append(Statement(index, item))
        elif is_same:
            open_effects.append(index)
        else:
            raise CannotCompareError(f"deployment decides what statement {index} is")
    return Halves(
        version,
        tuple(found.get(("Allow", True), ())),
        tuple(found.get(("Allow", False), ())),
        tuple(found.get(("Deny", True), ())),
        tuple(found.get(("Deny", False), ())),
        tuple(open_effects),
    )


def _version(document: Value) -> str:
    if document is None:
        return VERSION_WITH_VARIABLES
    if not isinstance(document, dict):
        raise CannotCompareError(f"the whole policy is given at deployment, by {document}")
    version = document.get("Version", _OLD_VERSION)
    if not isinstance(version, str):
        raise CannotCompareError(f"the Version of the policy is given at deployment, by {version}")
    return version


def _statements(document: Value) -> Sequence[Value]:
    if not isinstance(document, dict):
        return ()
    statements = document.get("Statement")
    if isinstance(statements, DeferredText):
        raise CannotCompareError(f"the statements are given at deployment, by {statements}")
    return statements if isinstance(statements, list) else [statements]


def _effect(item: Value) -> Effect:
    effect = item.get("Effect") if isinstance(item, dict) else None
    if effect in ("Allow", "Deny"):
        return "Allow" if effect == "Allow" else "Deny"
    if isinstance(effect, DeferredText) or isinstance(item, DeferredText):
        return ""
    raise CannotCompareError("this is no policy: a statement has no Effect")


def _content(item: Value) -> Value:
    """A statement without its name."""
    if isinstance(item, dict):
        return {key: value for key, value in item.items() if key != "Sid"}
    return item


def written(value: Value) -> Hashable:
    """What is written, whatever its order, its layout and the line that it stands at."""
    if isinstance(value, DeferredText):
        return tuple(part if isinstance(part, str) else name_of(part) for part in value.parts)
    if isinstance(value, dict):
        return frozenset((key, _entry(key, child)) for key, child in value.items())
    if isinstance(value, list):
        return frozenset(map(written, value))
    return (type(value).__name__, value)


def _entry(key: str, value: Value) -> Hashable:
    """A single text and a list of one are the same; the case of actions does not matter."""
    items = value if isinstance(value, list) else [value]
    if key in _ANY_CASE:
        items = [folded(item) if isinstance(item, str) else item for item in items]
    return frozenset(map(written, items))


def name_of(part: Assumption) -> Hashable:
    """What makes an assumption the same in two versions: all but where it stands."""
    return part.kind, part.expression, part.stand_in, part.allowed, part.pattern


def assumptions_in(values: Iterable[Value]) -> Iterable[Assumption]:
    """Every assumption that the values are made with."""
    for value in values:
        if isinstance(value, DeferredText):
            yield from value.assumptions()
        elif isinstance(value, dict):
            yield from assumptions_in(value.values())
        elif isinstance(value, list):
            yield from assumptions_in(value)
