"""AWS managed policies that a resource attaches by ARN.

The administrator-grade ones are policies like any other, from bundled documents; of the rest the
report says that their documents are not at hand.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_gate.extractors import managed_policies
from policy_gate.extractors.cloudformation import tables
from policy_gate.extractors.cloudformation.evaluator import Evaluator
from policy_gate.extractors.cloudformation.fragments import logical_id_of
from policy_gate.extractors.cloudformation.resolved import Resolved, UnresolvableError, parts_of
from policy_gate.extractors.cloudformation.resources import (
    Found,
    Resource,
    Way,
    explored,
    follow,
    units,
)
from policy_gate.model import Assumption, Policy, PolicyKind, ReasonCode, SourceMap
from policy_gate.syntax.node import Node

_AWS_MANAGED = re.compile(r"arn:[a-z-]+:iam::aws:policy/(?:[\w+=,.@-]+/)*([\w+=,.@-]+)")
# They limit what other policies allow, and allow nothing themselves.
_BOUNDARIES = ("Boundary", "GuardrailPolicies")


def attached_policies(resource: Resource, path: Way) -> Iterator[list[Found]]:
    """The policies that one property attaches, the administrator-grade ones in full."""
    if path[-1].endswith(_BOUNDARIES):
        return

    def look(evaluator: Evaluator, resolved: Resolved) -> Iterator[Found]:
        for _, item in follow(resolved, unit.way, ""):
            attached = _attached(resource, evaluator, item)
            if attached is not None:
                yield attached

    for unit in units(resource.properties, (*path, "*")):
        yield explored(resource, unit, path[-1], None, look)


def _attached(resource: Resource, evaluator: Evaluator, item: Resolved) -> Found | None:
    place = Node(None, item.start, item.end)
    if isinstance(item.value, dict) and "Name" in item.value:
        return _not_at_hand(resource, _text(item.value["Name"], place), place)
    if _is_in_this_template(resource, item):
        return None
    arn = _text(item, place)
    match = _AWS_MANAGED.fullmatch(arn)
    name = match.group(1) if match else str(item.value)
    document = managed_policies.document(name) if match else None
    if document is None:
        return _not_at_hand(resource, name, place)
    return Policy(
        resource.identity(name, PolicyKind.IDENTITY),
        PolicyKind.IDENTITY,
        document,
        SourceMap({(): resource.template.source.locate(place)}),
        tuple(evaluator.assumed[key] for key in sorted(evaluator.assumed)),
    )


def _not_at_hand(resource: Resource, name: str, place: Node) -> Found:
    message = f"the document of the attached policy {name} is not at hand"
    return resource.not_checked(name, ReasonCode.DOCUMENT_UNAVAILABLE, message, place)


def _is_in_this_template(resource: Resource, item: Resolved) -> bool:
    """Is it a reference to a policy that is found where it stands?"""
    logical_id = logical_id_of(item.fragments[0].node) if item.fragments else ""
    target = resource.template.resources.get(logical_id)
    kind = None if target is None else target.entries.get("Type")
    return (
        kind is not None
        and isinstance(kind.value, str)
        and bool(tables.policy_properties(kind.value))
    )


def _text(item: Resolved, place: Node) -> str:
    """The ARN with the stand-ins of what is deferred, so the partition is the default one."""
    if item.value is None or item.value == "":
        raise UnresolvableError("the name or ARN of a policy is expected here", place)
    parts = parts_of(item, place)
    return "".join(part.stand_in if isinstance(part, Assumption) else part for part in parts)
