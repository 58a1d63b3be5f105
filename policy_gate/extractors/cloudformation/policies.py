"""The policies that stand in one property of a resource."""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.extractors.cloudformation.documents import policy_document
from policy_gate.extractors.cloudformation.evaluator import Evaluator
from policy_gate.extractors.cloudformation.permissions import permission_document
from policy_gate.extractors.cloudformation.resolved import Resolved
from policy_gate.extractors.cloudformation.resources import (
    Found,
    Names,
    Resource,
    Unit,
    explored,
    follow,
    units,
    written_text,
)
from policy_gate.extractors.cloudformation.tables import PolicyProperty, PropertyKind
from policy_gate.model import Policy, PolicyKind

SYNTHESISED = frozenset({PropertyKind.PERMISSION, PropertyKind.PERMISSION_STATEMENT})

KINDS = {
    PropertyKind.IDENTITY: PolicyKind.IDENTITY,
    PropertyKind.SESSION: PolicyKind.IDENTITY,
    PropertyKind.TRUST: PolicyKind.TRUST,
    PropertyKind.SCP: PolicyKind.SERVICE_CONTROL,
}

ORGANIZATION_KINDS = {
    "SERVICE_CONTROL_POLICY": PolicyKind.SERVICE_CONTROL,
    "RESOURCE_CONTROL_POLICY": PolicyKind.RESOURCE_CONTROL,
}

_TYPES_BY_ARN: dict[str, dict[str, str | None]] = {
    "AWS::CloudTrail::ResourcePolicy": {
        ":dashboard/": "AWS::CloudTrail::Dashboard",
        ":channel/": None,
    },
    "AWS::Kinesis::ResourcePolicy": {"/consumer/": "AWS::Kinesis::StreamConsumer"},
}


def policies_of(resource: Resource, row: PolicyProperty) -> Iterator[list[Found]]:
    """The policies under one row of the table, one list for each part that is resolved alone."""

    def look(evaluator: Evaluator, resolved: Resolved) -> Iterator[Found]:
        return Names().apart(_policies(resource, row, unit, evaluator, resolved))

    kind = KINDS.get(row.kind, PolicyKind.RESOURCE)
    synthesised = row.kind in SYNTHESISED
    parts = [Unit(resource.properties, ())] if synthesised else units(resource.properties, row.path)
    for unit in parts:
        beside = unit.node.entries.get("PolicyName") if unit.way else None
        written = beside.value if beside is not None else None
        name = written if isinstance(written, str) else _default_name(row)
        yield explored(resource, unit, name, kind, look)


def _policies(
    resource: Resource,
    row: PolicyProperty,
    unit: Unit,
    evaluator: Evaluator,
    resolved: Resolved,
) -> Iterator[Policy]:
    default_name = _default_name(row)
    if row.kind in SYNTHESISED:
        statement = permission_document(resource.type, evaluator, resolved, resource.node)
        found = iter([(default_name, statement)])
    else:
        found = follow(resolved, unit.way, default_name)
    for name, value in found:
        document, sources = policy_document(value, resource.template.source)
        kind = _kind(resource, row, evaluator)
        own_name = _resource_policy_name(resource, row, evaluator) if name == default_name else ""
        public_access_type = _public_access_type(resource, row, evaluator)
        yield Policy(
            resource.identity(own_name or name, kind),
            kind,
            document,
            sources,
            tuple(evaluator.assumed[key] for key in sorted(evaluator.assumed)),
            "",
            row.validate_policy_resource_type,
            public_access_type,
            resource.construct(row.path[0] if row.path else ""),
        )


def _default_name(row: PolicyProperty) -> str:
    return "Permission" if row.kind in SYNTHESISED else row.path[-1]


def _resource_policy_name(resource: Resource, row: PolicyProperty, evaluator: Evaluator) -> str:
    """The name that a resource gives its only policy."""
    if row.name_path is None or len(row.name_path) != 1 or "PolicyName" not in row.name_path[0]:
        return ""
    node = resource.properties.entries.get(row.name_path[0])
    resolved = None if node is None else evaluator.resolve(node)
    return "" if resolved is None else written_text(resolved)


def _kind(resource: Resource, row: PolicyProperty, evaluator: Evaluator) -> PolicyKind:
    if resource.type == "AWS::Organizations::Policy":
        kind = resource.text(evaluator, "Type")
        return ORGANIZATION_KINDS.get(kind, PolicyKind.SERVICE_CONTROL)
    return KINDS.get(row.kind, PolicyKind.RESOURCE)


def _public_access_type(
    resource: Resource, row: PolicyProperty, evaluator: Evaluator
) -> str | None:
    """The table's type, told closer by the ARN where one resource type serves several."""
    for part, told in _TYPES_BY_ARN.get(resource.type, {}).items():
        if part in resource.text(evaluator, "ResourceArn"):
            return told
    return row.public_access_resource_type
