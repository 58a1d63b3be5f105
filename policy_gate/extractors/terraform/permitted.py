"""Resources whose own attributes are the parts of one statement of a resource policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from policy_gate.extractors.terraform.hcl.documents import document_of
from policy_gate.extractors.terraform.masks import masked
from policy_gate.extractors.terraform.permissions import permission_document
from policy_gate.extractors.terraform.resources import Found, Resource
from policy_gate.extractors.terraform.stated import stated
from policy_gate.extractors.terraform.tables import PolicyAttribute
from policy_gate.extractors.terraform.values import Located, assumptions_in
from policy_gate.model import Change, PolicyKind, Value

NAME = "Permission"


def permission_policy(resource: Resource, row: PolicyAttribute) -> Iterator[Found]:
    """The policy with the one statement that a resource adds."""
    change = resource.change
    deployment = resource.evaluation.deployment(change)
    attributes = _attributes(resource)
    if row.path and row.path[0] not in attributes:
        return
    value = permission_document(change.type, attributes, resource.place, deployment)
    document, sources = document_of(value)
    policy = resource.policy(row, (NAME,), PolicyKind.RESOURCE, document, sources)
    action = policy.change.action if policy.change else ""
    yield replace(
        policy,
        assumptions=tuple(assumptions_in(value)),
        change=Change(action, statement_before(resource)),
    )


def statement_before(resource: Resource) -> Value:
    """The document before the change; None where there is none."""
    change = resource.change
    if change.before is None:
        return None
    place = resource.place
    before = replace(
        change, after=change.before, after_unknown=None, after_sensitive=change.before_sensitive
    )
    attributes = {
        name: masked(before, name, f"{change.address}.{name}", place)
        for name, value in change.before.items()
        if value is not None
    }
    deployment = resource.evaluation.deployment(change)
    return document_of(permission_document(change.type, attributes, place, deployment))[0]


def _attributes(resource: Resource) -> Mapping[str, Located]:
    """The attributes that are set, each where it is written."""
    change = resource.change
    module = resource.evaluation.module(change.module)
    after = change.after or {}
    attributes: dict[str, Located] = {}
    for name in sorted({*after, *unknown_names(change.after_unknown)}):
        if change.is_unknown((name,)) and resource.is_left_to_provider((name,)):
            continue
        written = stated(resource.evaluation, change, (name,))
        value = module.attribute(change, name, written.place if written else resource.place)
        if value.value not in (None, []):
            attributes[name] = value
    return attributes


def unknown_names(mask: object) -> list[str]:
    """The attributes that a mask of unknown values names."""
    return [name for name, marked in mask.items() if marked] if isinstance(mask, dict) else []
