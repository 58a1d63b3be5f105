"""A policy as rules look at it: elements by name, whatever their JSON types.

A rule asks for what it understands (the strings of Action, the members of Principal) and gets
nothing where the document holds something else; DATA_TYPE_MISMATCH reports that.
Source of the grammar:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple, TypeAlias

from policy_gate.casing import folded
from policy_gate.catalog.interface import Catalog
from policy_gate.linting.interface import PathElement
from policy_gate.linting.operators import Operator, parse_operator
from policy_gate.model import PolicyKind
from policy_gate.syntax.json_reader import read_json
from policy_gate.syntax.node import Content, Node, ReadError

Path: TypeAlias = tuple[PathElement, ...]

ACTION_ELEMENTS = ("Action", "NotAction")
RESOURCE_ELEMENTS = ("Resource", "NotResource")
PRINCIPAL_ELEMENTS = ("Principal", "NotPrincipal")
PRINCIPAL_KEYS = ("AWS", "Service", "Federated", "CanonicalUser")

_CHARACTER = re.compile(
    r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.|.",
    re.DOTALL,
)
"""One character of a JSON string: one beyond U+FFFF can be two escapes."""


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

    def scalar(self) -> Text | None:
        """The string, boolean or number as a text: conditions take `true` for `"true"`."""
        if isinstance(self.value, bool):
            return Text("true" if self.value else "false", self.place)
        if isinstance(self.value, (int, float)):
            return Text(f"{Decimal(str(self.value)):f}", self.place)
        return self.text()


@dataclass(frozen=True, eq=False)
class Condition:
    """One test of a Condition element: operator, condition key and values."""

    statement: Statement
    operator: Operator
    operator_name: str
    """As the policy writes it."""

    key: str
    block: Part
    """The object under the operator, which holds the key."""

    values: Part

    @cached_property
    def folded_key(self) -> str:
        """The key in lower case: keys are compared without regard to case."""
        return folded(self.key)

    @property
    def key_place(self) -> Place:
        return self.block.key_place(self.key)

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """The strings among the values."""
        return tuple(self.values.texts())

    @cached_property
    def scalars(self) -> tuple[Text, ...]:
        """The values as texts, booleans and numbers included."""
        scalars = (entry.scalar() for entry in self.values.entries())
        return tuple(scalar for scalar in scalars if scalar)

    def asks_for(self, value: str) -> bool:
        """Whether `true` or `false` is the only value, as a string or a boolean."""
        return [str(entry.value).lower() for entry in self.values.entries()] == [value]


@dataclass(frozen=True, eq=False)
class Statement:
    """A statement that is an object."""

    part: Part

    @property
    def place(self) -> Place:
        return self.part.place

    @cached_property
    def allows(self) -> bool:
        effect = self.element("Effect")
        return effect is not None and effect.value == "Allow"

    @cached_property
    def denies(self) -> bool:
        effect = self.element("Effect")
        return effect is not None and effect.value == "Deny"

    @cached_property
    def _elements(self) -> dict[str, Part]:
        return dict(self.part.members())

    @cached_property
    def _texts(self) -> dict[str, tuple[Text, ...]]:
        return {name: tuple(part.texts()) for name, part in self._elements.items()}

    def element(self, name: str) -> Part | None:
        return self._elements.get(name)

    def elements(self, names: tuple[str, ...]) -> Iterator[tuple[str, Part]]:
        """Those of the named elements that the statement has, in document order."""
        return ((name, part) for name, part in self._elements.items() if name in names)

    def text(self, name: str) -> Text | None:
        part = self.element(name)
        return part.text() if part else None

    def texts(self, *names: str) -> tuple[Text, ...]:
        """The strings of the named elements, in document order."""
        if len(names) == 1:
            return self._texts.get(names[0], ())
        return tuple(text for name in self._elements if name in names for text in self._texts[name])

    @cached_property
    def actions(self) -> tuple[Text, ...]:
        """The strings of Action and NotAction."""
        return self.texts(*ACTION_ELEMENTS)

    @cached_property
    def resources(self) -> tuple[Text, ...]:
        """The strings of Resource and NotResource."""
        return self.texts(*RESOURCE_ELEMENTS)

    def principals(self, key: str, names: tuple[str, ...] = PRINCIPAL_ELEMENTS) -> Iterator[Text]:
        """The strings of one kind of principal, as `AWS`, in Principal and NotPrincipal."""
        for _, part in self.elements(names):
            if values := part.member(key):
                yield from values.texts()

    @cached_property
    def operators(self) -> tuple[tuple[str, Part, Place], ...]:
        """Each condition operator: its name, its block, and where its name stands."""
        condition = self.element("Condition")
        if not condition:
            return ()
        return tuple(
            (name, block, condition.key_place(name)) for name, block in condition.members()
        )

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        return tuple(
            Condition(self, parse_operator(name), name, key, block, values)
            for name, block, _ in self.operators
            for key, values in block.members()
        )

    @cached_property
    def condition_prefixes(self) -> frozenset[str]:
        """What stands before the first colon of each condition key, in lower case."""
        return frozenset(condition.folded_key.partition(":")[0] for condition in self.conditions)

    def conditions_on(self, *keys: str) -> list[Condition]:
        """The tests of these condition keys, which are given in lower case."""
        return [condition for condition in self.conditions if condition.folded_key in keys]


@dataclass(frozen=True, eq=False)
class PolicyView:
    """A policy document, or why its text is none."""

    text: str
    kind: PolicyKind
    root: Part
    statements: tuple[Statement, ...] = ()
    unreadable: ReadError | None = None
    resource_type: str | None = None
    """The ValidatePolicyResourceType that the policy is validated for, as `AWS::S3::Bucket`."""

    approximate: bool = False
    """Is it also asked what only tables of AWS decide, of which there are none here?"""

    @property
    def place(self) -> Place:
        """The whole document."""
        return Place((), 0, len(self.text))

    def offsets(self, text: Text) -> Sequence[int]:
        """Where each character of a string stands in the document, and where the last one ends."""
        start, end = text.place.start + 1, text.place.end - 1
        if self.text.find("\\", start, end) < 0:
            return range(start, end + 1)
        return [*(match.start() for match in _CHARACTER.finditer(self.text, start, end)), end]

    @cached_property
    def catalog(self) -> Catalog:
        """What services offer. Read when a rule asks, service by service."""
        from policy_gate.catalog.iam_data import catalog

        return catalog()

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """The tests of all statements."""
        return tuple(condition for item in self.statements for condition in item.conditions)


MAX_CHARACTERS = 200_000
"""Characters of a policy that ValidatePolicy reads. None comes near: S3 takes 20 kB."""


def view_policy(
    text: str,
    kind: PolicyKind,
    resource_type: str | None = None,
    *,
    approximate: bool = False,
) -> PolicyView:
    """The view of any text."""
    try:
        if len(text) > MAX_CHARACTERS:
            fault = f"more than {MAX_CHARACTERS:,} characters are not read"
            raise ReadError(fault, MAX_CHARACTERS)
        root = Part(read_json(text))
    except ReadError as error:
        nothing = Part(Node(None, 0, len(text)))
        return PolicyView(text, kind, nothing, (), error, resource_type, approximate)
    statement = root.member("Statement")
    objects = statement.entries() if statement else ()
    statements = tuple(Statement(part) for part in objects if isinstance(part.value, dict))
    return PolicyView(text, kind, root, statements, None, resource_type, approximate)
