"""A policy as rules look at it: elements by name, whatever their JSON types.

A rule asks for what it understands (the strings of Action, the members of Principal) and gets
nothing where the document holds something else; DATA_TYPE_MISMATCH reports that.
Source of the grammar:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from policy_gate.linting.interface import PathElement
from policy_gate.model import PolicyKind
from policy_gate.syntax.json_reader import read_json
from policy_gate.syntax.node import Content, Node, ReadError

Path: TypeAlias = tuple[PathElement, ...]

ACTION_ELEMENTS = ("Action", "NotAction")
RESOURCE_ELEMENTS = ("Resource", "NotResource")
PRINCIPAL_ELEMENTS = ("Principal", "NotPrincipal")
PRINCIPAL_KEYS = ("AWS", "Service", "Federated", "CanonicalUser")


class Place(NamedTuple):
    """What a finding points to: a path of the API, and a half-open range of characters."""

    path: Path
    start: int
    end: int


class Text(NamedTuple):
    """A string of the document."""

    value: str
    place: Place


@dataclass(frozen=True, slots=True)
class Part:
    """A value of the document and the path that leads to it."""

    node: Node
    path: Path = ()

    @property
    def value(self) -> Content:
        return self.node.value

    @property
    def place(self) -> Place:
        return Place(self.path, self.node.start, self.node.end)

    def key_place(self, key: str) -> Place:
        """Where a key of this object stands. Raises KeyError where it has no such key."""
        return Place((*self.path, {"key": key}), *self.node.keys[key])

    def members(self) -> Iterator[tuple[str, Part]]:
        """The keys and values of an object, in document order."""
        if isinstance(self.value, dict):
            for key, child in self.value.items():
                yield key, Part(child, (*self.path, {"value": key}))

    def member(self, key: str) -> Part | None:
        child = self.value.get(key) if isinstance(self.value, dict) else None
        return Part(child, (*self.path, {"value": key})) if child else None

    def entries(self) -> Iterator[Part]:
        """The entries of an array; of anything else, itself: IAM takes one value for a list."""
        if isinstance(self.value, list):
            for index, child in enumerate(self.value):
                yield Part(child, (*self.path, {"index": index}))
        else:
            yield self

    def text(self) -> Text | None:
        return Text(self.value, self.place) if isinstance(self.value, str) else None

    def texts(self) -> Iterator[Text]:
        """The strings among the entries."""
        for entry in self.entries():
            if text := entry.text():
                yield text


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of a Condition element: operator, condition key and values."""

    operator: str
    key: str
    block: Part
    """The object under the operator, which holds the key."""

    values: Part


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that is an object."""

    part: Part

    @property
    def place(self) -> Place:
        return self.part.place

    @property
    def allows(self) -> bool:
        effect = self.element("Effect")
        return effect is not None and effect.value == "Allow"

    def element(self, name: str) -> Part | None:
        return self.part.member(name)

    def elements(self, names: tuple[str, ...]) -> Iterator[tuple[str, Part]]:
        """Those of the named elements that the statement has, in document order."""
        return ((name, part) for name, part in self.part.members() if name in names)

    def text(self, name: str) -> Text | None:
        part = self.element(name)
        return part.text() if part else None

    def texts(self, name: str) -> list[Text]:
        part = self.element(name)
        return list(part.texts()) if part else []

    def operators(self) -> Iterator[tuple[str, Part, Place]]:
        """Each condition operator: its name, its block, and where its name stands."""
        if condition := self.element("Condition"):
            for operator, block in condition.members():
                yield operator, block, condition.key_place(operator)

    def conditions(self) -> Iterator[Condition]:
        for operator, block, _ in self.operators():
            for key, values in block.members():
                yield Condition(operator, key, block, values)


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A policy document, or why its text is none."""

    text: str
    kind: PolicyKind
    root: Part
    statements: tuple[Statement, ...] = ()
    unreadable: ReadError | None = None

    @property
    def place(self) -> Place:
        """The whole document."""
        return Place((), 0, len(self.text))


MAX_CHARACTERS = 200_000
"""Longer texts are not read. No policy comes near: S3 takes 20 kB without white space."""


def view_policy(text: str, kind: PolicyKind) -> PolicyView:
    """The view of any text."""
    nothing = Part(Node(None, 0, len(text)))
    if len(text) > MAX_CHARACTERS:
        error = ReadError(f"more than {MAX_CHARACTERS:,} characters are not read", MAX_CHARACTERS)
        return PolicyView(text, kind, nothing, unreadable=error)
    try:
        root = Part(read_json(text))
    except ReadError as error:
        return PolicyView(text, kind, nothing, unreadable=error)
    statement = root.member("Statement")
    objects = statement.entries() if statement else ()
    statements = tuple(Statement(part) for part in objects if isinstance(part.value, dict))
    return PolicyView(text, kind, root, statements)
