"""The policies that one resource of a plan has, and what they were before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from policy_gate.extractors.terraform.addresses import reference_steps
from policy_gate.extractors.terraform.assumptions import any_value, is_secret
from policy_gate.extractors.terraform.changes import AttributePath, value_at
from policy_gate.extractors.terraform.hcl.alignment import aligned
from policy_gate.extractors.terraform.hcl.documents import document_of, structure_of
from policy_gate.extractors.terraform.paths import concrete_paths
from policy_gate.extractors.terraform.planned import only_reference
from policy_gate.extractors.terraform.resources import Found, Resource, document_in, shown_name
from policy_gate.extractors.terraform.stated import Stated, stated
from policy_gate.extractors.terraform.tables import PolicyAttribute
from policy_gate.extractors.terraform.values import Located, assumptions_in
from policy_gate.model import (
    Assumption,
    AssumptionKind,
    DeferredText,
    Policy,
    PolicyKind,
    SourceMap,
)


def policies_of(resource: Resource, row: PolicyAttribute) -> Iterator[Found]:
    """The policies in one attribute, after the plan."""
    change = resource.change
    for path in concrete_paths(change.after, change.after_unknown, row.path):
        found = _policy(resource, row, path)
        if found is not None:
            yield found


def _policy(resource: Resource, row: PolicyAttribute, path: AttributePath) -> Found | None:
    change = resource.change
    value = value_at(change.after, path)
    if value in (None, "") and not change.is_unknown(path):
        return None
    if resource.is_left_to_provider(path):
        return None
    name = shown_name(change.after, change.after_sensitive, path)
    kind = resource.kind_of(row)
    if not isinstance(kind, PolicyKind):
        return resource.not_checked(name, *kind)
    written = stated(resource.evaluation, change, path)
    if change.is_unknown(path):
        return _deferred(resource, row, path, kind, written)
    return _known(resource, row, path, kind, written)


def _known(
    resource: Resource,
    row: PolicyAttribute,
    path: AttributePath,
    kind: PolicyKind,
    written: Stated | None,
) -> Policy:
    """A policy whose document the plan has."""
    change = resource.change
    document = document_in(value_at(change.after, path))
    place = written.place if written else resource.place
    value = _referred(resource, path) if written is None else written.value
    sources, agrees = SourceMap({(): place.location}), False
    if value is not None:
        sources, agrees = aligned(document, structure_of(value), place)
    if written is not None and not agrees:
        resource.evaluation.differing[change.address] = place
    # Terraform forgets the mark of what a data source or a module gives: the sources tell then.
    hides = any(map(is_secret, assumptions_in(structure_of(value)))) if value else False
    hides = hides or (value is None and _refers_to_secret(resource, path))
    if not hides and not change.is_sensitive(path):
        return resource.policy(row, path, kind, document, sources)
    if value is not None and agrees and not structure_of(value).is_unknown:
        # What the sources make of it holds no secrets: those are any value there.
        policy = _written(resource, row, path, kind, value)
    else:
        whole = SourceMap({(): place.location})
        policy = replace(resource.policy(row, path, kind, document, whole), is_sensitive=True)
    return replace(policy, change=resource.hidden_change(policy))


def _refers_to_secret(resource: Resource, path: AttributePath) -> bool:
    """Does the configuration in the plan refer to a variable or an output that is sensitive?"""
    change = resource.change
    configuration = resource.evaluation.module(change.module).configuration
    configured = configuration.resource(change.mode, change.type, change.name)
    references = value_at(configured, ("expressions", *path, "references"))
    for reference in references if isinstance(references, list) else ():
        steps = reference_steps(str(reference)) or ()
        declared: object = None
        if steps[:1] == ("var",) and len(steps) > 1:
            declared = configuration.variable(str(steps[1]))
        elif steps[:1] == ("module",) and len(steps) > 2:
            names = tuple(step.name for step in change.module)
            child = resource.evaluation.plan.configuration((*names, str(steps[1])))
            declared = child.output(str(steps[-1]))
        if value_at(declared, ("sensitive",)) is True:
            return True
    return False


def _deferred(
    resource: Resource,
    row: PolicyAttribute,
    path: AttributePath,
    kind: PolicyKind,
    written: Stated | None,
) -> Policy:
    """A policy whose document is known after apply only."""
    if written is not None and written.value is not None:
        return _written(resource, row, path, kind, written.value)
    change, place = resource.change, written.place if written else resource.place
    expression = f"{change.address}.{'.'.join(map(str, path))}"
    if written is None and (referred := _referred(resource, path)) is not None:
        policy = _written(resource, row, path, kind, referred)
        taken = Assumption(
            AssumptionKind.DEFAULT,
            f"${{{expression}}}",
            f"{expression} is taken to be what it refers to, as it is: its sources are not at hand",
        )
        return replace(policy, assumptions=(*policy.assumptions, taken))
    why = "it is known after apply, and its sources are not at hand"
    if written is not None:
        why = "it is known after apply, and its sources do not match the plan"
    return _written(resource, row, path, kind, any_value(expression, why, place))


def _written(
    resource: Resource, row: PolicyAttribute, path: AttributePath, kind: PolicyKind, value: Located
) -> Policy:
    """A policy as the sources have it."""
    document, sources = document_of(value)
    assumed = tuple(assumptions_in(structure_of(value)))
    return replace(resource.policy(row, path, kind, document, sources), assumptions=assumed)


def _referred(resource: Resource, path: AttributePath) -> Located | None:
    """Without sources: the document that the attribute refers to, where it refers to one only."""
    change = resource.change
    module = resource.evaluation.module(change.module)
    configured = module.configuration.resource(change.mode, change.type, change.name)
    expression = value_at(configured, ("expressions", *path))
    if not isinstance(expression, dict) or not (
        only_reference(expression) or "constant_value" in expression
    ):
        return None
    scope = resource.evaluation.instance(change)
    found = module.configured(expression, scope, resource.place)
    # An expression may make a document of a list, an object or an ARN that it refers to.
    if found is None or not isinstance(found.value, str | DeferredText):
        return None
    return found if isinstance(structure_of(found).value, dict) else None
