"""AWS managed policies that a resource attaches by ARN.

The administrator-grade ones are policies like any other, from bundled documents; of the rest the
report says that their documents are not at hand.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_gate.extractors import managed_policies
from policy_gate.extractors.cloudformation.evaluator import Evaluator
from policy_gate.extractors.cloudformation.policies import Resource
from policy_gate.extractors.cloudformation.resolved import (
    Resolved,
    UnresolvableError,
    join,
    scalar_text,
)
from policy_gate.extractors.cloudformation.worlds import TooManyWorldsError, World, explore
from policy_gate.model import (
    Assumption,
    DeferredText,
    NotChecked,
    Policy,
    PolicyKind,
    ReasonCode,
    SourceMap,
)
from policy_gate.syntax.node import Node

_AWS_MANAGED = re.compile(r"arn:[a-z-]+:iam::aws:policy/(?:[\w+=,.@-]+/)*([\w+=,.@-]+)")


def attached_policies(resource: Resource, path: tuple[str, ...]) -> list[Policy | NotChecked]:
    """The policies that one property attaches, each once, the administrator-grade ones in full."""
    if path[-1].endswith("Boundary"):
        return []
    node = _descend(resource.properties, path)
    if node is None:
        return []

    def evaluate(world: World) -> list[Policy | NotChecked]:
        return list(_in_world(resource, node, world))

    try:
        worlds = explore(evaluate)
    except (UnresolvableError, TooManyWorldsError):
        message = f"the attached policies ({path[-1]}) cannot be resolved"
        return [resource.not_checked(path[-1], ReasonCode.NOT_ANALYSED, message, node)]
    found = {item.identity: item for _, items in reversed(worlds) for item in items}
    return [found[identity] for identity in sorted(found)]


def _descend(node: Node, path: tuple[str, ...]) -> Node | None:
    for key in path:
        if key == "*" or not isinstance(node.value, dict) or key not in node.value:
            return None
        node = node.value[key]
    return node


def _in_world(resource: Resource, node: Node, world: World) -> Iterator[Policy | NotChecked]:
    evaluator = Evaluator(resource.template, resource.parameters, world)
    if not resource.exists(evaluator):
        return
    resolved = evaluator.resolve(node)
    if resolved is None:
        return
    for item in resolved.value if isinstance(resolved.value, list) else [resolved]:
        attached = _attached(resource, item, world)
        if attached is not None:
            yield attached


def _attached(resource: Resource, item: Resolved, world: World) -> Policy | NotChecked | None:
    place = Node(None, item.start, item.end)
    arn = _text_in_default_partition(item)
    match = _AWS_MANAGED.fullmatch(arn)
    if match is None:
        return _unknown_attachment(resource, item, place)
    name = match.group(1)
    document = managed_policies.document(name)
    if document is None:
        message = f"the document of the AWS managed policy {name} is not at hand"
        return resource.not_checked(name, ReasonCode.DOCUMENT_UNAVAILABLE, message, place)
    location = resource.template.source.locate(place)
    return Policy(
        resource.identity(name, PolicyKind.IDENTITY),
        PolicyKind.IDENTITY,
        document,
        SourceMap({(): location}),
        world=str(world),
    )


def _unknown_attachment(resource: Resource, item: Resolved, place: Node) -> NotChecked | None:
    """An ARN from elsewhere; a policy that this template creates is found where it stands."""
    value = item.value
    if isinstance(value, list | dict | None):
        return None
    if isinstance(value, DeferredText) and any(
        assumption.expression.strip("${}").split(".")[0] in resource.template.resources
        for assumption in value.assumptions()
    ):
        return None
    name = str(value)
    message = f"the document of the attached policy {name} is not in this template"
    return resource.not_checked(name, ReasonCode.DOCUMENT_UNAVAILABLE, message, place)


def _text_in_default_partition(item: Resolved) -> str:
    value = item.value
    if isinstance(value, DeferredText):
        parts = [part.stand_in if isinstance(part, Assumption) else part for part in value.parts]
        return str(join(parts))
    return scalar_text(value) or ""
