"""Values after the intrinsic functions, deferred where only deployment knows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from policy_gate.extractors.cloudformation.fragments import Fragment
from policy_gate.extractors.texts import Part
from policy_gate.model import DeferredText
from policy_gate.syntax.node import Node

ResolvedValue: TypeAlias = (
    "bool | int | float | str | DeferredText | list[Resolved] | dict[str, Resolved] | None"
)

MAX_STEPS = 500_000
"""Steps for one template: values to resolve, list items, and hundreds of characters of text."""

MAX_STEPS_OF_PART = 100_000
"""Steps for one part of a resource in all its worlds, so that it does not starve the others."""


class UnresolvableError(Exception):
    """A value that CloudFormation could not resolve either; `node` is where it stands."""

    def __init__(self, message: str, node: Node) -> None:
        super().__init__(message)
        self.message = message
        self.node = node


class Budget:
    """What may still be spent on one template, so that none takes unbounded time or memory."""

    def __init__(self, granted: int = MAX_STEPS) -> None:
        self.granted = granted
        self.left = granted
        self.left_of_part = MAX_STEPS_OF_PART

    def begin_part(self) -> None:
        self.left_of_part = MAX_STEPS_OF_PART

    def spend(self, steps: int, node: Node) -> None:
        """Raises UnresolvableError once nothing is left."""
        self.left -= steps
        self.left_of_part -= steps
        if self.left < 0:
            raise UnresolvableError("this template takes too many steps to resolve", node)
        if self.left_of_part < 0:
            raise UnresolvableError("this takes too many steps to resolve", node)


@dataclass(slots=True, eq=False)
class Resolved:
    """A value and where it was written in the template."""

    value: ResolvedValue
    start: int
    end: int
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)
    fragments: tuple[Fragment, ...] = ()
    """For a text: what it is made of."""

    structure: Resolved | None = None
    """For a text that Fn::ToJsonString made: what it was made from."""

    @property
    def is_deferred(self) -> bool:
        return isinstance(self.value, DeferredText)


def fragments_of(resolved: Resolved, node: Node) -> tuple[Fragment, ...]:
    """What a value used as text is made of. Raises UnresolvableError for a list or a mapping."""
    return resolved.fragments or tuple(Fragment(part, node) for part in parts_of(resolved, node))


def parts_of(resolved: Resolved, node: Node) -> tuple[Part, ...]:
    """The parts of a value used as text. Raises UnresolvableError for a list or a mapping."""
    value = resolved.value
    if isinstance(value, DeferredText):
        return value.parts
    text = scalar_text(value)
    if text is None:
        raise UnresolvableError("a text is expected here, not a list or a mapping", node)
    return (text,)


def scalar_text(value: object) -> str | None:
    """A scalar as CloudFormation writes it into text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return "" if value is None else None
