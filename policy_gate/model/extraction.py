"""What inputs hold: policies, and what could not be read or checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from policy_gate.model.acceptance import InvalidWaiver, Waiver
from policy_gate.model.comparison import Comparison
from policy_gate.model.note import Note
from policy_gate.model.policy import (
    Assumption,
    Construct,
    Location,
    Policy,
    PolicyIdentity,
    PolicyKind,
    Value,
)
from policy_gate.model.verdict import ReasonCode


@dataclass(frozen=True, slots=True)
class NotChecked:
    """Something that holds or may hold policies and is not checked, and why."""

    identity: PolicyIdentity
    """Its kind is set where it is one policy that was found, None where it may hold any number."""

    reason: ReasonCode
    message: str
    location: Location | None = None
    construct: Construct | None = None
    """As that of a Policy."""


@dataclass(frozen=True, slots=True)
class Attachment(NotChecked):
    """A managed policy that is attached by its ARN: not checked until its document is found."""

    arn: str = ""
    """`?` stands for a part of it that only deployment knows."""

    assumptions: tuple[Assumption, ...] = ()
    world: str = ""
    """As that of a Policy."""

    was_attached: bool | None = None
    """Was it attached before the change, where that is known, as in a plan?"""


@dataclass(frozen=True, slots=True)
class Boundary(NotChecked):
    """What limits the policies of its resource: a permissions boundary or a guardrail."""

    limit: str = ""
    """The policy that it names, as it is written."""

    was: str = ""
    """The one that a plan exchanges for it; empty where it exchanges none."""

    is_found: bool = False
    """Is that policy one of the same template, found and checked where it stands?"""


@dataclass(frozen=True, slots=True)
class Gone(NotChecked):
    """A policy that a plan takes away, or that it only forgets."""

    kind: PolicyKind | None = None
    """None for a permissions boundary, which allows nothing itself."""

    document: Value = None
    """What it was."""

    is_forgotten: bool = False
    """Does it stay in AWS as it is?"""

    is_limit: bool = False
    """Did it keep out what other policies may allow?"""

    is_sensitive: bool = False
    """As that of a Policy."""


class Input(NamedTuple):
    """Something that was read as infrastructure code."""

    path: str
    """A file, or the folder of a cloud assembly."""

    format: str
    """As `CloudFormation template`."""


class Unreadable(NamedTuple):
    """An input that the file system did not give. It makes the run an error."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one or more inputs hold."""

    policies: tuple[Policy, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    skipped_files: int = 0
    """Files met by searching that are neither template nor plan."""

    followed: frozenset[str] = frozenset()
    """Files that others lead to, and that were read as parts of those."""

    notes: tuple[Note, ...] = ()
    """Sentences the reader should know."""

    boundaries: tuple[Boundary, ...] = ()
    """Those of templates, also where their policy is found: then they are not in `not_checked`."""

    comparison: Comparison | None = None
    """What the change adds to its base, where it was compared with one."""

    waivers: tuple[Waiver | InvalidWaiver, ...] = ()
    """Those that stand in the code; whether they count is for the configuration to say."""

    inputs: tuple[Input, ...] = ()
    """What was read, but for what is part of another and what could not be analysed."""
