"""The CloudFormation extractor: a template in, its policies out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from policy_gate.extractors.cloudformation import nested, provisioning, sam, tables
from policy_gate.extractors.cloudformation.attachments import attached_policies
from policy_gate.extractors.cloudformation.evaluator import Evaluator
from policy_gate.extractors.cloudformation.local import LocalTemplates
from policy_gate.extractors.cloudformation.parameters import Parameters
from policy_gate.extractors.cloudformation.policies import policies_of
from policy_gate.extractors.cloudformation.provisioning import provisioned_policies
from policy_gate.extractors.cloudformation.resolved import UnresolvableError
from policy_gate.extractors.cloudformation.resources import (
    Found,
    Names,
    Resource,
    in_every_world,
    units,
)
from policy_gate.extractors.cloudformation.stack import NotFollowedError, Stack, Surroundings
from policy_gate.extractors.cloudformation.template import (
    is_function,
    looks_like_template,
    read_template,
    resource_type,
)
from policy_gate.extractors.cloudformation.transforms import expanded
from policy_gate.extractors.cloudformation.waivers import waivers_in
from policy_gate.extractors.cloudformation.worlds import MAX_WORLDS, TooManyWorldsError, explore
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.model import Boundary, Extraction, NotChecked, Policy, ReasonCode
from policy_gate.syntax.node import Node
from policy_gate.syntax.source import Source


class CloudFormationExtractor:
    """Templates in YAML and JSON."""

    name = "CloudFormation template"

    def recognises(self, text: str) -> bool:
        return looks_like_template(text)

    def explains(self, _text: str) -> bool:
        return True

    def extract(self, source: Source, settings: ExtractSettings) -> Extraction:
        around = LocalTemplates(source.path, has_files=settings.has_files)
        return extraction(root_stack(source, settings, around))


def root_stack(source: Source, settings: ExtractSettings, surroundings: Surroundings) -> Stack:
    """The stack of a template that no other nests. Raises as `read_template` does."""
    template = read_template(source)
    parameters = Parameters(template, settings)
    name = Path(source.path).name
    return expanded(Stack(template, parameters, settings, surroundings, name))


def extraction(stack: Stack) -> Extraction:
    """Everything in a stack and in the stacks that it nests."""
    found = list(_in_stack(stack))
    return Extraction(
        tuple(item for item in found if isinstance(item, Policy)),
        tuple(item for item in found if isinstance(item, NotChecked) and not _is_found(item)),
        followed=frozenset(stack.nesting.followed),
        boundaries=tuple(item for item in found if isinstance(item, Boundary)),
        waivers=tuple(waivers_in(stack)),
    )


def _is_found(item: NotChecked) -> bool:
    """Is it a boundary whose policy is among those found?"""
    return isinstance(item, Boundary) and item.is_found


def _in_stack(stack: Stack) -> Iterator[Found]:
    yield from stack.hidden
    for logical_id, node in stack.template.resources.items():
        yield from _of_entry(stack, logical_id, node)


def _of_entry(stack: Stack, logical_id: str, node: Node) -> list[Found]:
    kind = resource_type(node)
    properties = node.entries.get("Properties") or Node({}, node.start, node.start)
    resource = Resource(stack, logical_id, kind, node, properties)
    if reason := _not_analysed(logical_id, node, kind):
        return [resource.not_checked("", ReasonCode.NOT_ANALYSED, reason, node)]
    return _of_resource(resource) if _holds_policies(kind) else []


def _not_analysed(logical_id: str, node: Node, kind: str) -> str:
    """Why an entry of the Resources section is not looked into, empty where it is."""
    if logical_id.startswith("Fn::"):
        return f"{'::'.join(logical_id.split('::')[:2])} is not expanded yet"
    if not isinstance(node.value, dict) or not kind:
        return "a resource is a mapping with a Type"
    if is_function(node.value):
        return "only deployment knows what the function beside Type adds to this resource"
    if kind.endswith("::MODULE"):
        return f"the module {kind} may hold policies, and only CloudFormation has it"
    return ""


def _holds_policies(kind: str) -> bool:
    return bool(
        tables.policy_properties(kind)
        or tables.other_grammar(kind)
        or tables.attachments(kind)
        or tables.template_containers(kind)
    )


def _of_resource(resource: Resource) -> list[Found]:
    resource.template.budget.begin_part()
    try:
        worlds = explore(lambda world: resource.exists(resource.evaluator(world)))
    except UnresolvableError as error:
        message = f"the resource's condition cannot be resolved: {error.message}"
        return [resource.not_checked("", ReasonCode.NOT_ANALYSED, message, error.node)]
    except TooManyWorldsError:
        message = f"the resource's condition has more than {MAX_WORLDS} combinations of values"
        return [resource.not_checked("", ReasonCode.NOT_ANALYSED, message, resource.node)]
    if not any(exists for _, exists in worlds):
        condition = resource.condition.value if resource.condition else ""
        message = f"the condition {condition} is false, so the resource is not created"
        return [resource.not_checked("", ReasonCode.NOT_APPLICABLE, message, resource.node)]
    return [*_policies(resource), *_containers(resource), *_other_grammars(resource)]


def _policies(resource: Resource) -> Iterator[Found]:
    if reason := _no_policy_of_its_own(resource):
        yield resource.not_checked("", ReasonCode.NOT_APPLICABLE, reason, resource.node)
        return
    names = Names()
    kind = resource.type
    if kind.startswith(sam.PREFIX):
        kind = "AWS::IAM::Role"
        resource = replace(resource, properties=sam.as_role(resource.properties))
    find = provisioned_policies if kind == provisioning.TYPE else policies_of
    for row in tables.policy_properties(kind):
        for found in find(resource, row):
            yield from names.apart_by_name(found)
    for attaching in tables.attachments(kind):
        for found in attached_policies(resource, attaching):
            yield from names.apart_by_name(found)


def _no_policy_of_its_own(resource: Resource) -> str:
    if resource.type == "AWS::RAM::Permission":
        return "a RAM permission is a template without Principal and Resource, not a policy"
    return ""


def _containers(resource: Resource) -> Iterator[Found]:
    if resource.type in nested.CONTAINERS:
        yield from in_every_world(
            resource, resource.node, "", None, lambda evaluator: _nested(resource, evaluator)
        )
        return
    for container in tables.template_containers(resource.type):
        message = f"what {container.path[0]} leads to is not followed"
        for unit in units(resource.properties, container.path):
            yield resource.not_checked("", ReasonCode.NOT_ANALYSED, message, unit.node)


def _nested(resource: Resource, evaluator: Evaluator) -> Iterator[Found]:
    try:
        stack = nested.nested_stack(evaluator, resource.logical_id, resource.node)
    except NotFollowedError as error:
        found = resource.not_checked("", ReasonCode.NOT_ANALYSED, error.message, resource.node)
        yield replace(found, location=error.location or found.location)
    else:
        stack.nesting.followed.add(stack.template.source.path)
        yield from _in_stack(stack)


def _other_grammars(resource: Resource) -> Iterator[Found]:
    for other in tables.other_grammar(resource.type):
        name = other.path[-1]
        message = f"{name} is not written in the IAM policy language ({other.grammar})"
        for unit in units(resource.properties, other.path):
            yield resource.not_checked(name, ReasonCode.NOT_APPLICABLE, message, unit.node)
