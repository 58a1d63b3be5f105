"""What a change does to access, next to its base."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from policy_gate.model.policy import Location, PolicyIdentity
from policy_gate.reasoning.answer import Witness


class ChangeKind(StrEnum):
    """What became of a policy since the base."""

    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"


class ActionChange(NamedTuple):
    """An action that a change makes possible, or no longer possible, on what the witness shows."""

    action: str
    """As `dynamodb:DeleteTable`."""

    access_level: str
    """`List`, `Read`, `Write`, `Tagging` or `Permissions management`; empty where none is known."""

    statement_index: int | None
    """The statement that allows it, from 0; None where none of this policy does: a Deny is gone."""

    witness: Witness
    denied_by: int | None = None
    """The statement, a Deny of the other version, that kept it out."""

    world: str = ""
    """As that of a Policy."""


class UndecidedAccess(NamedTuple):
    """Access of which it is open whether a change adds it."""

    message: str
    actions: tuple[str, ...] = ()
    """Which actions are open; none where nothing is known of them."""

    statement_index: int | None = None


class AccessGroup(NamedTuple):
    """Actions of one service and access level that one statement makes possible, or did."""

    service: str
    """As people call it: `DynamoDB`."""

    access_level: str
    """As that of an ActionChange."""

    actions: tuple[str, ...]
    """Without the prefix of the service, the ones to name first at the head."""

    resources: str
    """On what, in words, as `every table`; empty where the actions have no resources."""

    statement_index: int | None
    denied_by: int | None
    location: Location | None
    """Of the statement, in the version of the policy that has it."""

    witness: Witness
    world: str = ""


@dataclass(frozen=True, slots=True)
class AccessChange:
    """What a change does to the access that one policy allows."""

    identity: PolicyIdentity
    """As it is now, or of a removed policy as it was."""

    kind: ChangeKind
    location: Location | None = None
    """Where it stands now, or stood."""

    moved_from: str = ""
    """The file that it was in, where that is another one."""

    added: tuple[ActionChange, ...] = ()
    removed: tuple[ActionChange, ...] = ()
    added_groups: tuple[AccessGroup, ...] = ()
    removed_groups: tuple[AccessGroup, ...] = ()
    undecided: tuple[UndecidedAccess, ...] = ()
    lifted: str = ""
    """What no longer limits other policies, in a sentence: that is added access too."""

    @property
    def adds(self) -> bool:
        """Does it add access, for all that is decided?"""
        return bool(self.added or self.lifted)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a change adds to and removes from the access that policies allow."""

    base: str
    """What it was compared with, as `main (0123456789ab)`."""

    changes: tuple[AccessChange, ...] = ()
    """Of the policies whose access changes, or may."""

    unchanged: int = 0
    """Policies that allow what they allowed."""

    moved: int = 0
    """Those of them that are in another file now."""

    error: str = ""
    """Why there is nothing to compare with, where there has to be; empty where there is."""
