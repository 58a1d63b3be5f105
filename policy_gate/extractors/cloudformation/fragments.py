"""Texts as fragments, each of which knows where in the template it is written.

Policies are often JSON inside strings that functions put together; with this, what is found in them
is found at the right character.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from policy_gate.extractors.texts import Part, marked, unmarked
from policy_gate.model import Assumption, AssumptionKind, DeferredText
from policy_gate.syntax.node import Node

# Their values hold no colon, slash or comma, so an ARN made with them still splits.
_UNDIVIDED = frozenset(
    f"${{AWS::{name}}}" for name in ("AccountId", "Partition", "Region", "StackName", "URLSuffix")
)
_DYNAMIC_REFERENCE = re.compile(r"\{\{resolve:[^{}]*\}\}")


class Fragment(NamedTuple):
    """A part of a text, and what it is written as."""

    part: Part
    node: Node
    """The string it is written in, or the call of the function that gives it."""

    span: tuple[int, int] | None = None
    """The characters of that string, None where the whole node stands for the part."""

    @property
    def is_verbatim(self) -> bool:
        """Does each of its characters stand in the template?"""
        return self.span is not None and self.part == self.written

    @property
    def written(self) -> str:
        """As `${Name}`: the same whatever the value is."""
        if self.span is not None and isinstance(self.node.value, str):
            return self.node.value[slice(*self.span)]
        return _expression(self.node) or str(DeferredText((self.part,)))


def verbatim(node: Node, text: str) -> Fragment:
    """The fragment that is the whole of a string node."""
    return Fragment(text, node, (0, len(text)))


def split_parts(parts: Sequence[Part], delimiter: str) -> list[tuple[Part, ...]] | None:
    """The pieces between delimiters; None where a deferred part may hold one."""
    pieces: list[list[Part]] = [[]]
    for part in parts:
        if isinstance(part, str):
            first, *others = part.split(delimiter)
            pieces[-1].append(first)
            pieces += [[other] for other in others]
        elif _is_undivided(part, delimiter):
            pieces[-1].append(part)
        else:
            return None
    return [tuple(piece) for piece in pieces]


def _is_undivided(part: Assumption, delimiter: str) -> bool:
    """Can no value of the assumption hold the delimiter, or a part of it?"""
    if part.kind is AssumptionKind.CREATED_HERE:
        return set(delimiter) <= {":", ","}
    return part.expression in _UNDIVIDED and set(delimiter) <= {":", "/", ","}


def logical_id_of(node: Node) -> str:
    """What a `Ref` or an `Fn::GetAtt` refers to, empty for anything else."""
    return _expression(node)[2:-1].partition(".")[0]


def _expression(node: Node) -> str:
    name = node.entries["Ref"].value if "Ref" in node.entries else None
    if isinstance(name, str):
        return f"${{{name}}}"
    if "Fn::GetAtt" in node.entries:
        target = node.entries["Fn::GetAtt"].value
        names = [item.value for item in target] if isinstance(target, list) else [target]
        return f"${{{'.'.join(str(name) for name in names)}}}"
    return ""


def assumptions_in(fragments: Iterable[Fragment]) -> list[Assumption]:
    return [fragment.part for fragment in fragments if isinstance(fragment.part, Assumption)]


def without_dynamic_references(
    fragments: Sequence[Fragment], node: Node, supplied: Callable[[str], Assumption]
) -> Sequence[Fragment]:
    """The fragments with what `supplied` makes in place of each `{{resolve:...}}`.

    Raises TextError as `marked` does.
    """
    text = marked(fragment.part for fragment in fragments)
    assumptions = assumptions_in(fragments)
    kept: list[Fragment] = []
    end = 0
    for match in _DYNAMIC_REFERENCE.finditer(text):
        kept += _sliced(fragments, end, match.start())
        kept.append(Fragment(supplied(str(unmarked(match.group(), assumptions))), node))
        end = match.end()
    return [*kept, *_sliced(fragments, end, len(text))] if end else fragments


def _sliced(fragments: Iterable[Fragment], start: int, end: int) -> Iterator[Fragment]:
    """The fragments of a piece of the marked text."""
    position = 0
    for fragment in fragments:
        part = fragment.part
        length = len(part) if isinstance(part, str) else 1
        first, last = max(start - position, 0), min(end - position, length)
        position += length
        if first >= last:
            continue
        if isinstance(part, str) and fragment.span is not None and fragment.is_verbatim:
            before = fragment.span[0]
            yield Fragment(part[first:last], fragment.node, (before + first, before + last))
        else:
            yield fragment._replace(part=part[first:last] if isinstance(part, str) else part)
