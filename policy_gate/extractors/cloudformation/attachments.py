"""AWS managed policies that a resource attaches by ARN.

The administrator-grade ones are policies like any other, from bundled documents; of the rest the
report says that their documents are not at hand.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_gate.deferred import combinations
from policy_gate.extractors import managed_policies
from policy_gate.extractors.cloudformation import tables
from policy_gate.extractors.cloudformation.evaluator import Evaluator
from policy_gate.extractors.cloudformation.fragments import join, logical_id_of
from policy_gate.extractors.cloudformation.resolved import Resolved, UnresolvableError, parts_of
from policy_gate.extractors.cloudformation.resources import (
    Found,
    Names,
    Resource,
    Way,
    explored,
    follow,
    units,
)
from policy_gate.model import Policy, PolicyKind, ReasonCode, SourceMap
from policy_gate.syntax.node import Node

_AWS_MANAGED = re.compile(r"arn:[^:]*:iam::aws:policy/(?:[\w+=,.@-]+/)*([\w+=,.@-]+)")
# They limit what other policies allow, and allow nothing themselves.
_BOUNDARIES = ("Boundary", "GuardrailPolicies")


def attached_policies(resource: Resource, path: Way) -> Iterator[list[Found]]:
    """The policies that one property attaches, the administrator-grade ones in full."""
    if path[-1].endswith(_BOUNDARIES):
        return

    def look(evaluator: Evaluator, resolved: Resolved) -> Iterator[Found]:
        items = (item for _, item in follow(resolved, unit.way, ""))
        found = (one for item in items for one in _attached(resource, evaluator, item))
        return Names().apart(found)

    for unit in units(resource.properties, (*path, "*")):
        yield explored(resource, unit, path[-1], None, look)


def _attached(resource: Resource, evaluator: Evaluator, item: Resolved) -> Iterator[Found]:
    place = Node(None, item.start, item.end)
    if isinstance(item.value, dict) and "Name" in item.value:
        name = str(join(parts_of(item.value["Name"], place)))
        yield _not_at_hand(resource, name, place)
    elif not _is_in_this_template(resource, item):
        for arn in _possible_arns(item, place):
            yield _policy(resource, evaluator, arn, place) or _not_at_hand(
                resource, _name(arn) or str(item.value), place
            )


def _policy(resource: Resource, evaluator: Evaluator, arn: str, place: Node) -> Policy | None:
    name = _name(arn)
    document = managed_policies.document(name)
    if document is None:
        return None
    return Policy(
        resource.identity(name, PolicyKind.IDENTITY),
        PolicyKind.IDENTITY,
        document,
        SourceMap({(): resource.template.source.locate(place)}),
        tuple(evaluator.assumed[key] for key in sorted(evaluator.assumed)),
        construct=resource.construct(""),
    )


def _name(arn: str) -> str:
    """The name of an AWS managed policy, empty for any other."""
    match = _AWS_MANAGED.fullmatch(arn)
    return match.group(1) if match else ""


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


def _possible_arns(item: Resolved, place: Node) -> list[str]:
    """Each ARN that the text can be; `?` stands for what can be anything."""
    if item.value is None:
        raise UnresolvableError("the name or ARN of a policy is expected here", place)
    if item.value == "":
        # A parameter list that is empty has one empty item.
        return []
    return [
        "".join("?" if text is None else text for text in texts)
        for texts in combinations(parts_of(item, place))
    ]
