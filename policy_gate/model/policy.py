"""A policy, where it stands, and what deployment still decides about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple, TypeAlias

ANY_TEXT = "**"
"""The pattern of an assumption of which nothing is known."""


class PolicyKind(StrEnum):
    """What a policy is attached to, which decides who is its principal."""

    IDENTITY = "IDENTITY"
    TRUST = "TRUST"
    RESOURCE = "RESOURCE"
    SERVICE_CONTROL = "SERVICE_CONTROL"
    RESOURCE_CONTROL = "RESOURCE_CONTROL"


class AssumptionKind(StrEnum):
    """Where a value comes from that only deployment decides."""

    CREATED_HERE = "created-here"
    SUPPLIED = "supplied-from-outside"
    DEFAULT = "default"


class Location(NamedTuple):
    """A range of a file that the user edits; the end is exclusive."""

    path: str
    """File path as the user would write it, `/` between its parts."""

    line: int
    """First line, from 1."""

    column: int
    """First column in characters, from 1."""

    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Assumption:
    """A value that only deployment decides, and what the gate took for it."""

    kind: AssumptionKind
    expression: str
    """What the user wrote, as `${Name}`, `${Bucket.Arn}` or `${AWS::AccountId}`."""

    description: str
    """One sentence for the report."""

    stand_in: str = ""
    """A text of the right shape: for CREATED_HERE the fresh literal, for DEFAULT the value."""

    allowed: tuple[str, ...] | None = None
    """The only values it can take, where that is known and they are few."""

    location: Location | None = None
    pattern: str = ANY_TEXT
    """What every value matches: `?` is a character but a colon, `*` any of them, `**` any text."""

    @property
    def default(self) -> str:
        """The value that was taken, where the user wrote it; no other text is one to show."""
        return self.stand_in if self.kind is AssumptionKind.DEFAULT else ""

    def as_shown(self) -> Assumption:
        """What a report tells of it."""
        return Assumption(
            self.kind, self.expression, self.description, self.default, location=self.location
        )


@dataclass(frozen=True, slots=True)
class DeferredText:
    """A string of which deployment decides some parts.

    A value of which nothing is known, a list or an object perhaps, is a DeferredText of one part.
    """

    parts: tuple[str | Assumption, ...]

    def assumptions(self) -> tuple[Assumption, ...]:
        return tuple(part for part in self.parts if isinstance(part, Assumption))

    def __str__(self) -> str:
        return "".join(part if isinstance(part, str) else part.expression for part in self.parts)


Value: TypeAlias = "bool | int | float | str | DeferredText | list[Value] | dict[str, Value] | None"
"""A JSON value whose strings may be deferred."""


DocumentPath: TypeAlias = tuple[str | int, ...]
"""Keys and 0-based indexes from the root of a document, as ("Statement", 1, "Action", 0)."""


@dataclass(frozen=True, slots=True)
class SourceMap:
    """Where each part of a policy document stands in the file that the user edits."""

    values: Mapping[DocumentPath, Location]
    keys: Mapping[DocumentPath, Location] = field(default_factory=dict)
    """Where the key that leads to a value stands, for the paths that end in a key."""

    def locate(self, path: DocumentPath) -> Location:
        """The location of the value at `path`, or of the nearest part around it.

        Raises KeyError where not even the root has a location.
        """
        for end in range(len(path), -1, -1):
            if location := self.values.get(path[:end]):
                return location
        raise KeyError(path)

    def locate_key(self, path: DocumentPath) -> Location:
        """The location of the key that `path` ends in, or of its value."""
        return self.keys.get(path) or self.locate(path)


class PolicyIdentity(NamedTuple):
    """What a policy is called, the same in every world and revision."""

    file: str
    resource_address: str
    """Logical id or Terraform address; empty when the file itself is meant."""

    resource_type: str
    """As `AWS::IAM::Role`; empty where there is none."""

    policy_name: str
    kind: PolicyKind | None = None

    def __str__(self) -> str:
        return " / ".join(part for part in (self.resource_address, self.policy_name) if part)


@dataclass(frozen=True, slots=True)
class Construct:
    """What makes a policy in the code of a CDK app."""

    path: str
    """As `App/Fn/ServiceRole/DefaultPolicy/Resource`."""

    created_at: Location | None = None
    """The line of the app that creates it."""

    assigned_at: tuple[tuple[str, Location], ...] = ()
    """Lines of the app that assign properties to it later, with the property."""

    def of_property(self, name: str) -> Construct:
        """With the assignments to one property only; the first stands in for the creation."""
        assigned = tuple(item for item in self.assigned_at if item[0].lower() == name.lower())
        if self.created_at is None and assigned:
            return replace(self, created_at=assigned[0][1], assigned_at=assigned[1:])
        return replace(self, assigned_at=assigned)

    @property
    def locations(self) -> tuple[Location, ...]:
        """The lines of the app, the first of which is the one to jump to."""
        places = (self.created_at, *(place for _, place in self.assigned_at))
        return tuple(dict.fromkeys(place for place in places if place is not None))


class Change(NamedTuple):
    """What a plan does to a policy."""

    action: str
    """`create`, `update`, `replace`, `import`, `move` or `no-op`."""

    previous: Value
    """The document before the change, None where there is none."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document found in infrastructure code."""

    identity: PolicyIdentity
    kind: PolicyKind
    document: Value
    sources: SourceMap
    assumptions: tuple[Assumption, ...] = ()
    world: str = ""
    """The condition values under which the document is this one, as `Env other than dev`."""

    validate_policy_resource_type: str | None = None
    """ValidatePolicyResourceType of Access Analyzer, where it has one for this policy."""

    public_access_resource_type: str | None = None
    """AccessCheckResourceType of Access Analyzer, where it has one for this policy."""

    construct: Construct | None = None
    """Where it comes from, in a template that the CDK made."""

    change: Change | None = None
    """What happens to it, where that is known, as in a plan."""

    is_sensitive: bool = False
    """Its text is marked sensitive: no part of it may be shown or sent away."""

    left_out: frozenset[int] | None = None
    """Statements whose findings were accepted, where the question is what there is besides them."""
