"""A template as it is deployed: with its parameters, and with what lies around it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from policy_gate.extractors.cloudformation.carried import Carried
from policy_gate.extractors.cloudformation.parameters import Parameters
from policy_gate.extractors.cloudformation.resolved import MAX_STEPS, Budget
from policy_gate.extractors.cloudformation.template import Template
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.model import Construct, Location, NotChecked
from policy_gate.syntax.node import Node
from policy_gate.syntax.source import Source


class NotFollowedError(Exception):
    """A template that another leads to and that cannot be read: `message`, and its place if any."""

    def __init__(self, message: str, location: Location | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.location = location


class Surroundings(Protocol):
    """What a stack can refer to outside of its own template."""

    def exported(self, name: str) -> Carried | None:
        """What Fn::ImportValue gives, None where the export is not known."""
        ...

    def stack_output(self, stack: str, output: str, region: str | None) -> Carried | None:
        """What Fn::GetStackOutput gives, None where the output is not known."""
        ...

    def nested_template(self, parent: Stack, resource: Node, url: str) -> Source:
        """The template that the URL of a resource of the parent leads to.

        Raises NotFollowedError.
        """
        ...


MAX_STEPS_OF_NESTED = 4 * MAX_STEPS
"""Steps for all the stacks inside one stack together."""

STEPS_OF_STACK = 5_000
"""What each of them costs before any of its values is resolved."""


class Nesting:
    """What the stacks inside one stack share: each is read once, and their work is bounded."""

    def __init__(self) -> None:
        self.stacks: dict[Hashable, Stack] = {}
        """By where they stand, their template and what is passed to them."""

        self.templates: dict[str, Template] = {}
        """By path."""

        self.outputs: dict[tuple[int, str], Carried | None] = {}
        """By the identity of the stack and the name of the output."""

        self.followed: set[str] = set()
        """The files whose policies were looked for."""

        self._budgets: list[Budget] = []

    def budget(self) -> Budget:
        """What one more stack may spend."""
        spent = sum(budget.granted - budget.left + STEPS_OF_STACK for budget in self._budgets)
        budget = Budget(max(0, min(MAX_STEPS, MAX_STEPS_OF_NESTED - spent)))
        self._budgets.append(budget)
        return budget


@dataclass(frozen=True, eq=False)
class Stack:
    """One stack: what its template says, in the place where it is deployed."""

    template: Template
    parameters: Parameters
    settings: ExtractSettings
    """What the parameters were made of; pseudo parameters hold for nested stacks too."""

    surroundings: Surroundings
    name: str
    """What other stacks call it: the name of its file, or of the stack in a cloud assembly."""

    hidden: tuple[NotChecked, ...] = ()
    """What transforms may make of it that is not seen here."""

    address: str = ""
    """What stands before its logical ids, as `Child/` for what the resource Child makes."""

    ancestors: tuple[str, ...] = ()
    """The paths of the templates that lead to it."""

    constructs: Mapping[str, Construct] = field(default_factory=dict)
    """Where its resources, and those of the stacks in it, come from: by their addresses."""

    nesting: Nesting = field(default_factory=Nesting)
