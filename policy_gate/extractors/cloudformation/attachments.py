"""Policies that a resource attaches by name or ARN; their documents are looked up later.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_gate.deferred import combinations
from policy_gate.extractors.cloudformation.evaluator import Evaluator
from policy_gate.extractors.cloudformation.fragments import logical_id_of
from policy_gate.extractors.cloudformation.resolved import Resolved, UnresolvableError, parts_of
from policy_gate.extractors.cloudformation.resources import (
    Found,
    Resource,
    explored,
    follow,
    units,
    written_text,
)
from policy_gate.extractors.cloudformation.tables import AttachingProperty, Effect
from policy_gate.extractors.cloudformation.template import is_managed_policy
from policy_gate.extractors.texts import join
from policy_gate.managed_policies.interface import AWS, parsed
from policy_gate.model import Attachment, Boundary, NotChecked, ReasonCode
from policy_gate.syntax.node import Node

_OWN_ARN = re.compile(
    r"arn:(?:aws[a-z-]*|\$\{AWS::Partition\}):iam::\$\{AWS::AccountId\}:policy/(?:[^/]+/)*([^/]+)"
)
_LIMITS = "{} limits what other policies allow, and allows nothing itself"
_KUBERNETES = "{} grant access in Kubernetes, and are not written in the IAM policy language"


def attached_policies(resource: Resource, row: AttachingProperty) -> Iterator[list[Found]]:
    """The policies that one property attaches, one list for each part that is resolved alone."""
    allows = row.effect is Effect.ALLOWS

    def look(evaluator: Evaluator, resolved: Resolved) -> Iterator[Found]:
        for _, item in follow(resolved, unit.way, ""):
            is_found = _is_in_this_template(resource, item)
            if row.effect is Effect.LIMITS:
                yield _boundary(resource, row, item, is_found)
            elif not is_found:
                found = _attached(resource, evaluator, item)
                yield from found if allows else _not_applicable(resource, row, item)

    for unit in units(resource.properties, (*row.path, "*") if allows else row.path):
        yield explored(resource, unit, row.path[-1], None, look)


def _boundary(
    resource: Resource, row: AttachingProperty, item: Resolved, is_found: bool
) -> Boundary:
    name = row.path[0]
    return Boundary(
        resource.identity(name),
        ReasonCode.NOT_APPLICABLE,
        _LIMITS.format(name),
        resource.template.source.locate(Node(None, item.start, item.end)),
        resource.construct(""),
        written_text(item),
        is_found=is_found,
    )


def _not_applicable(
    resource: Resource, row: AttachingProperty, item: Resolved
) -> Iterator[NotChecked]:
    name = row.path[0]
    message = _KUBERNETES.format(name)
    place = Node(None, item.start, item.end)
    yield resource.not_checked(name, ReasonCode.NOT_APPLICABLE, message, place)


def _attached(resource: Resource, evaluator: Evaluator, item: Resolved) -> Iterator[Found]:
    place = Node(None, item.start, item.end)
    if isinstance(item.value, dict) and "Name" in item.value:
        name = str(join(parts_of(item.value["Name"], place)))
        message = _not_at_hand(name)
        yield resource.not_checked(name, ReasonCode.DOCUMENT_UNAVAILABLE, message, place)
    else:
        for name, arn in _possible_policies(item, place).items():
            yield Attachment(
                resource.identity(name),
                ReasonCode.DOCUMENT_UNAVAILABLE,
                _not_at_hand(name),
                resource.template.source.locate(place),
                resource.construct(""),
                arn,
                tuple(evaluator.assumed[key] for key in sorted(evaluator.assumed)),
            )


def _not_at_hand(name: str) -> str:
    return f"the document of the attached policy {name} is not at hand"


def _is_in_this_template(resource: Resource, item: Resolved) -> bool:
    """Is it a reference to a policy that is found where it stands?"""
    logical_id = logical_id_of(item.fragments[0].node) if item.fragments else ""
    resources = resource.template.resources
    if logical_id in resources:
        return is_managed_policy(resources[logical_id])
    own = _OWN_ARN.fullmatch(written_text(item))
    return own is not None and own.group(1) in resource.template.managed_policy_names


def _possible_policies(item: Resolved, place: Node) -> dict[str, str]:
    """The ARNs that the text can be, by what to call their policies."""
    arns: dict[str, str] = {}
    for arn in _possible_arns(item, place):
        policy = parsed(arn)
        name = str(item.value) if policy is None else arn
        if policy and policy.account == AWS:
            # There is one of that name, in whichever partition.
            name = policy.name
        arns.setdefault(name, arn)
    return arns


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
