"""Policies inside the body of an AWS::IoT::ProvisioningTemplate, which is JSON text.

It has functions and parameters of its own; what a device or the fleet gives for a parameter is
any value.
Source: https://docs.aws.amazon.com/iot/latest/developerguide/provision-template.html
"""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.extractors.cloudformation.documents import as_structure, policy_document
from policy_gate.extractors.cloudformation.evaluator import Evaluator
from policy_gate.extractors.cloudformation.resolved import Resolved, UnresolvableError, parts_of
from policy_gate.extractors.cloudformation.resources import (
    Found,
    Resource,
    explored,
    follow,
    units,
)
from policy_gate.extractors.cloudformation.tables import PolicyProperty
from policy_gate.extractors.texts import Part
from policy_gate.model import AssumptionKind, DeferredText, Policy, PolicyKind, ReasonCode
from policy_gate.syntax.node import Node

TYPE = "AWS::IoT::ProvisioningTemplate"


def provisioned_policies(resource: Resource, row: PolicyProperty) -> Iterator[list[Found]]:
    """The policies that the body makes, and those that it attaches by name."""

    def look(evaluator: Evaluator, resolved: Resolved) -> Iterator[Found]:
        for _, body in follow(resolved, unit.way, name):
            yield from _of_body(resource, evaluator, body)

    name = row.path[-1]
    for unit in units(resource.properties, row.path):
        yield explored(resource, unit, name, None, look)


def _of_body(resource: Resource, evaluator: Evaluator, body: Resolved) -> Iterator[Found]:
    template = as_structure(body, resource.template.source)
    if template.is_deferred:
        yield _policy(resource, evaluator, "TemplateBody", template)
        return
    for name, entry in _entries(_entries(template).get("Resources")).items():
        kind = _entries(entry).get("Type")
        if kind is not None and kind.value == "AWS::IoT::Policy":
            properties = _entries(_entries(entry).get("Properties"))
            yield from _of_policy(resource, evaluator, name, properties)


def _of_policy(
    resource: Resource, evaluator: Evaluator, name: str, properties: dict[str, Resolved]
) -> Iterator[Found]:
    document, named = properties.get("PolicyDocument"), properties.get("PolicyName")
    if document is not None:
        yield _policy(resource, evaluator, name, _evaluated(evaluator, document))
    elif named is not None and not _is_created_here(named):
        place = Node(None, named.start, named.end)
        message = "an IoT policy is attached by its name, and its document is not at hand"
        yield resource.not_checked(name, ReasonCode.DOCUMENT_UNAVAILABLE, message, place)


def _policy(resource: Resource, evaluator: Evaluator, name: str, value: Resolved) -> Policy:
    document, sources = policy_document(value, resource.template.source)
    return Policy(
        resource.identity(name, PolicyKind.IDENTITY),
        PolicyKind.IDENTITY,
        document,
        sources,
        tuple(evaluator.assumed[key] for key in sorted(evaluator.assumed)),
        construct=resource.construct("TemplateBody"),
    )


def _entries(value: Resolved | None) -> dict[str, Resolved]:
    """Raises UnresolvableError for anything but a mapping."""
    if value is None:
        return {}
    if isinstance(value.value, dict):
        return value.value
    place = Node(None, value.start, value.end)
    raise UnresolvableError("the JSON of a provisioning template is expected here", place)


def _is_created_here(name: Resolved) -> bool:
    """Is it the name of a policy of this template, which is found where it stands?"""
    parts = name.value.parts if isinstance(name.value, DeferredText) else ()
    kinds = [None if isinstance(part, str) else part.kind for part in parts]
    return kinds == [AssumptionKind.CREATED_HERE]


def _evaluated(evaluator: Evaluator, value: Resolved) -> Resolved:
    """The value after the functions of the provisioning template."""
    content = value.value
    if isinstance(content, list):
        items = [_evaluated(evaluator, item) for item in content]
        return Resolved(list(items), value.start, value.end)
    if not isinstance(content, dict):
        return value
    name = next(iter(content), "")
    if name == "Ref" or name.startswith("Fn::"):
        return _called(evaluator, name, content[name], Node(None, value.start, value.end))
    children = {key: _evaluated(evaluator, child) for key, child in content.items()}
    return Resolved(dict(children), value.start, value.end, value.keys)


def _called(evaluator: Evaluator, name: str, argument: Resolved, node: Node) -> Resolved:
    operands = argument.value
    if name == "Fn::Join" and isinstance(operands, list) and len(operands) == 2:
        delimiter, items = (_evaluated(evaluator, operand) for operand in operands)
        if isinstance(items.value, list):
            parts: list[Part] = []
            for position, item in enumerate(items.value):
                parts += parts_of(delimiter, node) if position else ()
                parts += parts_of(item, node)
            return evaluator.given_here(node, parts)
    called = operands if name == "Ref" and isinstance(operands, str) else name
    return evaluator.unknown(node, f"{called} is any value: provisioning gives it", called)
