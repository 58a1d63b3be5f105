"""The policies of one resource, in every world that makes a difference to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from policy_gate.extractors.cloudformation.documents import policy_document
from policy_gate.extractors.cloudformation.evaluator import Evaluator
from policy_gate.extractors.cloudformation.parameters import Parameters
from policy_gate.extractors.cloudformation.permissions import permission_document
from policy_gate.extractors.cloudformation.resolved import (
    Resolved,
    UnresolvableError,
    join,
    parts_of,
)
from policy_gate.extractors.cloudformation.tables import PolicyProperty
from policy_gate.extractors.cloudformation.template import Template
from policy_gate.extractors.cloudformation.worlds import (
    MAX_WORLDS,
    TooManyWorldsError,
    World,
    explore,
)
from policy_gate.model import (
    DeferredText,
    NotChecked,
    Policy,
    PolicyIdentity,
    PolicyKind,
    ReasonCode,
)
from policy_gate.syntax.node import Node

KINDS = {
    "identity": PolicyKind.IDENTITY,
    "session": PolicyKind.IDENTITY,
    "trust": PolicyKind.TRUST,
    "scp": PolicyKind.SERVICE_CONTROL,
    "rcp": PolicyKind.RESOURCE_CONTROL,
}

ORGANIZATION_KINDS = {
    "SERVICE_CONTROL_POLICY": PolicyKind.SERVICE_CONTROL,
    "RESOURCE_CONTROL_POLICY": PolicyKind.RESOURCE_CONTROL,
}


@dataclass(frozen=True)
class Resource:
    """One resource of the template."""

    template: Template
    parameters: Parameters
    logical_id: str
    type: str
    node: Node
    properties: Node

    @property
    def condition(self) -> Node | None:
        return self.node.entries.get("Condition")

    def exists(self, evaluator: Evaluator) -> bool:
        """Is the resource's Condition true in the evaluator's world?"""
        condition = self.condition
        if condition is None or not isinstance(condition.value, str):
            return True
        return evaluator.conditions.holds(condition.value, condition)

    def identity(self, name: str, kind: PolicyKind | None = None) -> PolicyIdentity:
        return PolicyIdentity(self.template.source.path, self.logical_id, self.type, name, kind)

    def not_checked(
        self,
        name: str,
        reason: ReasonCode,
        message: str,
        node: Node,
        kind: PolicyKind | None = None,
    ) -> NotChecked:
        location = self.template.source.locate(node)
        return NotChecked(self.identity(name, kind), reason, message, location)


Way = tuple[str, ...]
"""Keys from a value down to a policy document; `*` stands for each item of a list."""


@dataclass(frozen=True)
class _Unit:
    """A part of a resource that is resolved as a whole, and the way from there to its policies."""

    node: Node
    way: Way


def policies_of(resource: Resource, row: PolicyProperty) -> Iterator[Policy | NotChecked]:
    """The policies under one row of the table; worlds that make no difference are merged."""
    taken: set[str] = set()
    for unit in _units(resource, row):
        found = _explored(resource, row, unit)
        names = {item.identity.policy_name for item in found}
        unique = {name: _unique(name, taken) for name in sorted(names)}
        taken.update(unique.values())
        for item in found:
            yield _renamed(item, unique[item.identity.policy_name])


def _unique(name: str, taken: set[str]) -> str:
    number = 1
    unique = name
    while unique in taken:
        number += 1
        unique = f"{name} #{number}"
    return unique


def _renamed(item: Policy | NotChecked, name: str) -> Policy | NotChecked:
    return replace(item, identity=replace(item.identity, policy_name=name))


def _explored(resource: Resource, row: PolicyProperty, unit: _Unit) -> list[Policy | NotChecked]:
    name = _default_name(row)
    kind = KINDS.get(row.kind, PolicyKind.RESOURCE)

    def evaluate(world: World) -> list[Policy]:
        return list(_in_world(resource, row, unit, world))

    try:
        worlds = explore(evaluate)
    except UnresolvableError as error:
        message = f"this policy cannot be resolved: {error.message}"
        return [resource.not_checked(name, ReasonCode.NOT_ANALYSED, message, error.node, kind)]
    except TooManyWorldsError:
        message = (
            f"more than {MAX_WORLDS} combinations of conditions make a difference to this policy:"
            " give some of the parameters"
        )
        return [resource.not_checked(name, ReasonCode.NOT_ANALYSED, message, unit.node, kind)]
    return list(_merged([policy for _, policies in worlds for policy in policies]))


def _units(resource: Resource, row: PolicyProperty) -> Iterator[_Unit]:
    if row.kind in SYNTHESISED:
        return iter([_Unit(resource.properties, ())])
    return _split(resource.properties, row.path)


def _split(node: Node, way: Way) -> Iterator[_Unit]:
    """Splits at literal lists, so that the worlds of one list item do not multiply another's."""
    value = node.value
    if way and isinstance(value, dict) and not is_function(value):
        if way[0] in value:
            yield from _split(value[way[0]], way[1:])
    elif way and way[0] == "*" and isinstance(value, list):
        for item in value:
            yield _Unit(item, way[1:])
    else:
        yield _Unit(node, way)


def is_function(value: dict[str, Node]) -> bool:
    """Is a mapping a call of an intrinsic function?"""
    return any(key == "Ref" or key.startswith("Fn::") for key in value)


def _in_world(
    resource: Resource, row: PolicyProperty, unit: _Unit, world: World
) -> Iterator[Policy]:
    evaluator = Evaluator(resource.template, resource.parameters, world)
    if not resource.exists(evaluator):
        return
    resolved = evaluator.resolve(unit.node)
    if resolved is None:
        return
    if row.kind in SYNTHESISED:
        found = _synthesised(resource, evaluator, resolved)
    else:
        found = _follow(resolved, unit.way, _default_name(row))
    for name, value in found:
        document, sources = policy_document(value, resource.template.source)
        kind = _kind(resource, row, evaluator)
        yield Policy(
            resource.identity(_policy_name(resource, row, evaluator, name), kind),
            kind,
            document,
            sources,
            tuple(evaluator.assumed[key] for key in sorted(evaluator.assumed)),
            str(world),
            row.validate_policy_resource_type,
            _public_access_type(resource, row, evaluator),
        )


def _synthesised(
    resource: Resource, evaluator: Evaluator, resolved: Resolved
) -> Iterator[tuple[str, Resolved]]:
    if isinstance(resolved.value, dict):
        document = permission_document(resource.type, evaluator, resolved.value, resource.node)
        if document is not None:
            yield "Permission", document


def _follow(resolved: Resolved, way: Way, name: str) -> Iterator[tuple[str, Resolved]]:
    """The documents at the end of the way, each with the name that stands beside it."""
    value = resolved.value
    if not way or isinstance(value, DeferredText):
        yield name, resolved
    elif way[0] == "*":
        for item in value if isinstance(value, list) else [resolved]:
            yield from _follow(item, way[1:], name)
    elif isinstance(value, dict):
        beside = value.get("PolicyName")
        if beside is not None and isinstance(beside.value, str | DeferredText):
            name = str(beside.value)
        if way[0] in value:
            yield from _follow(value[way[0]], way[1:], name)
    else:
        place = Node(None, resolved.start, resolved.end)
        raise UnresolvableError(f"a mapping with {way[0]} is expected here", place)


def _default_name(row: PolicyProperty) -> str:
    return row.path[-1] if row.path and row.path[-1] != "*" else "Permission"


def _policy_name(resource: Resource, row: PolicyProperty, evaluator: Evaluator, name: str) -> str:
    """The name beside the document, or the one that the resource gives its only policy."""
    if name != _default_name(row) or not row.name_path or len(row.name_path) != 1:
        return name
    key = row.name_path[0]
    text = _property_text(resource, evaluator, key) if key.endswith("PolicyName") else ""
    return text or name


def _property_text(resource: Resource, evaluator: Evaluator, name: str) -> str:
    node = resource.properties.entries.get(name)
    resolved = None if node is None else evaluator.resolve(node)
    if node is None or resolved is None or isinstance(resolved.value, list | dict):
        return ""
    return str(join(parts_of(resolved, node)))


def _kind(resource: Resource, row: PolicyProperty, evaluator: Evaluator) -> PolicyKind:
    if resource.type == "AWS::Organizations::Policy":
        return ORGANIZATION_KINDS.get(
            _property_text(resource, evaluator, "Type"), PolicyKind.SERVICE_CONTROL
        )
    return KINDS.get(row.kind, PolicyKind.RESOURCE)


def _public_access_type(
    resource: Resource, row: PolicyProperty, evaluator: Evaluator
) -> str | None:
    """The table's type, told closer by the ARN where one resource type serves several."""
    base = row.public_access_resource_type
    for part, told in _TYPES_BY_ARN.get(resource.type, {}).items():
        if part in _property_text(resource, evaluator, "ResourceArn"):
            return told
    return base


def _merged(policies: list[Policy]) -> Iterator[Policy]:
    """One policy for each different document of a name, with the world it is found in."""
    by_name: dict[str, list[Policy]] = {}
    for policy in policies:
        alike = by_name.setdefault(policy.identity.policy_name, [])
        if all(policy.document != known.document for known in alike):
            alike.append(policy)
    for alike in by_name.values():
        yield from alike if len(alike) > 1 else [replace(alike[0], world="")]


SYNTHESISED = frozenset({"permission", "permission_statement"})

_TYPES_BY_ARN: dict[str, dict[str, str | None]] = {
    "AWS::CloudTrail::ResourcePolicy": {
        ":dashboard/": "AWS::CloudTrail::Dashboard",
        ":channel/": None,
    },
    "AWS::Kinesis::ResourcePolicy": {"/consumer/": "AWS::Kinesis::StreamConsumer"},
}
