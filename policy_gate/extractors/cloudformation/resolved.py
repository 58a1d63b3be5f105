"""Values after the intrinsic functions, deferred where only deployment knows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from policy_gate.model import Assumption, DeferredText
from policy_gate.syntax.node import Node

Part: TypeAlias = str | Assumption
ResolvedValue: TypeAlias = (
    "bool | int | float | str | DeferredText | list[Resolved] | dict[str, Resolved] | None"
)


class UnresolvableError(Exception):
    """A value that CloudFormation could not resolve either; `node` is where it stands."""

    def __init__(self, message: str, node: Node) -> None:
        super().__init__(message)
        self.message = message
        self.node = node


@dataclass(slots=True, eq=False)
class Resolved:
    """A value and where it was written in the template."""

    value: ResolvedValue
    start: int
    end: int
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)
    written: Node | None = None
    """For a text: the string of the template that it was made from."""

    structure: Resolved | None = None
    """For a text that Fn::ToJsonString made: what it was made from."""

    @property
    def is_deferred(self) -> bool:
        return isinstance(self.value, DeferredText)


def join(parts: Iterable[Part]) -> str | DeferredText:
    """The text that the parts make: plain where nothing is deferred."""
    merged: list[Part] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part != "":
            merged.append(part)
    if not merged:
        return ""
    if len(merged) == 1 and isinstance(merged[0], str):
        return merged[0]
    return DeferredText(tuple(merged))


def parts_of(resolved: Resolved, node: Node) -> tuple[Part, ...]:
    """The parts of a value used as text. Raises UnresolvableError for a list or a mapping."""
    value = resolved.value
    if isinstance(value, DeferredText):
        return value.parts
    text = scalar_text(value)
    if text is None:
        raise UnresolvableError("a text is expected here, not a list or a mapping", node)
    return (text,)


def scalar_text(value: ResolvedValue) -> str | None:
    """A scalar as CloudFormation writes it into text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return "" if value is None else None
