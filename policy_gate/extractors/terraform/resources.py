"""A resource in a plan, and the policies that are made for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias, cast

from policy_gate.extractors.terraform.actions import action_of
from policy_gate.extractors.terraform.assumptions import SENSITIVE, supplied
from policy_gate.extractors.terraform.changes import (
    AttributePath,
    ResourceChange,
    holds_mark,
    value_at,
)
from policy_gate.extractors.terraform.paths import concrete_paths
from policy_gate.extractors.terraform.policy_kinds import (
    kind_of,
    public_access_type,
    validate_policy_type,
)
from policy_gate.extractors.terraform.scope import Evaluation
from policy_gate.extractors.terraform.tables import PolicyAttribute
from policy_gate.extractors.terraform.values import Located, Place
from policy_gate.model import (
    Change,
    DeferredText,
    NotChecked,
    Policy,
    PolicyIdentity,
    PolicyKind,
    ReasonCode,
    SourceMap,
    Value,
)
from policy_gate.syntax.json_reader import read_json
from policy_gate.syntax.node import ReadError

TELLING = ("bucket", "resource_arn", "type")

Found: TypeAlias = Policy | NotChecked

_BESIDE = ("name", "policy_name")
"""The attributes that name the policy beside them."""


@dataclass(frozen=True)
class Resource:
    """A resource that a plan changes, or leaves as it is."""

    evaluation: Evaluation
    change: ResourceChange

    def identity(self, name: str, kind: PolicyKind | None = None) -> PolicyIdentity:
        change = self.change
        file = self.evaluation.places.source.path
        return PolicyIdentity(file, change.address, change.type, name, kind)

    @cached_property
    def place(self) -> Place:
        """Where it is declared, or else where the plan has it."""
        block = self.evaluation.module(self.change.module).block(self.change)
        return block.header if block else self.evaluation.places.of(self.change.address)

    def is_left_to_provider(self, path: AttributePath) -> bool:
        """Is the attribute one that the provider sets, since the configuration does not?

        The plan's configuration leaves dynamic blocks out: what is inside of a block that the plan
        has is not left to the provider.
        """
        change, name = self.change, path[0]
        module = self.evaluation.module(change.module)
        configured = module.configuration.resource(change.mode, change.type, change.name)
        is_whole = len(path) == 1 or change.is_unknown((name,))
        if configured is None or not is_whole:
            return False
        block = module.block(change)
        in_sources = block is not None and (
            name in block.attributes
            or any(name in (nested.type, *nested.labels) for nested in block.blocks)
        )
        return not in_sources and name not in (configured.get("expressions") or {})

    @cached_property
    def telling(self) -> Mapping[str, Located]:
        """The attributes that tell of which kind the policies of a resource are."""
        change = self.change
        module = self.evaluation.module(change.module)
        found = {name: module.attribute(change, name, self.place) for name in TELLING}
        return {name: value for name, value in found.items() if value.value is not None}

    def kind_of(self, row: PolicyAttribute) -> PolicyKind | tuple[ReasonCode, str]:
        """The kind of a policy, or why there is none that the gate knows."""
        return kind_of(row, self.telling)

    def policy(
        self,
        row: PolicyAttribute,
        path: AttributePath,
        kind: PolicyKind,
        document: Value,
        sources: SourceMap,
    ) -> Policy:
        change = self.change
        return Policy(
            self.identity(shown_name(change.after, change.after_sensitive, path), kind),
            kind,
            document,
            sources,
            validate_policy_resource_type=validate_policy_type(row, self.telling),
            public_access_resource_type=public_access_type(row, self.telling),
            change=Change(action_of(change), previous_document(change, row, path)),
        )

    def hidden_change(self, policy: Policy) -> Change | None:
        """The change of a policy which holds a secret, and may have held one before."""
        if policy.change is None or policy.change.previous is None:
            return policy.change
        why = f"what it was before is hidden, as {SENSITIVE}"
        expression = f"{self.change.address}.{policy.identity.policy_name}"
        return policy.change._replace(previous=DeferredText((supplied(expression, why),)))

    def not_checked(
        self, name: str, reason: ReasonCode, message: str, place: Place | None = None
    ) -> NotChecked:
        where = (place or self.place).location
        return NotChecked(self.identity(name), reason, message, where)


def previous_document(change: ResourceChange, row: PolicyAttribute, path: AttributePath) -> Value:
    """The document that a policy had before the change; None where it is new."""
    name = policy_name(change.after, path)
    shown = shown_name(change.after, change.after_sensitive, path)
    for before in concrete_paths(change.before, None, row.path):
        if policy_name(change.before, before) == name:
            value = value_at(change.before, before)
            if change.was_sensitive(before) and value:
                return DeferredText((supplied(f"{change.address}.{shown}", SENSITIVE),))
            return document_in(value) if value else None
    return None


def policy_name(attributes: object, path: AttributePath) -> str:
    """What a policy is called: by the name that stands beside it, or by its attribute."""
    for beside in _BESIDE if len(path) > 1 else ():
        name = value_at(attributes, (*path[:-1], beside))
        if isinstance(name, str) and name:
            return name
    return ".".join(map(str, path))


def shown_name(attributes: object, sensitive: object, path: AttributePath) -> str:
    """The same, without a name that is marked sensitive."""
    is_hidden = any(holds_mark(sensitive, (*path[:-1], beside)) for beside in _BESIDE)
    return policy_name(None if is_hidden else attributes, path)


def document_in(value: object) -> Value:
    """The document that an attribute holds as JSON text; what holds none stays as it is."""
    if not isinstance(value, str):
        return cast(Value, value)
    try:
        return cast(Value, read_json(value).plain())
    except ReadError:
        return value
