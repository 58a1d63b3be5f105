"""The CloudFormation extractor: a template in, its policies out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from policy_gate.extractors.cloudformation import provisioning, sam, tables
from policy_gate.extractors.cloudformation.attachments import attached_policies
from policy_gate.extractors.cloudformation.parameters import Parameters
from policy_gate.extractors.cloudformation.policies import policies_of
from policy_gate.extractors.cloudformation.provisioning import provisioned_policies
from policy_gate.extractors.cloudformation.resolved import UnresolvableError
from policy_gate.extractors.cloudformation.resources import Found, Names, Resource, units
from policy_gate.extractors.cloudformation.template import (
    Template,
    is_function,
    looks_like_template,
    read_template,
)
from policy_gate.extractors.cloudformation.worlds import MAX_WORLDS, TooManyWorldsError, explore
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.model import Extraction, NotChecked, Policy, PolicyIdentity, ReasonCode
from policy_gate.syntax.node import Node
from policy_gate.syntax.source import Source

# Transforms that change no policy, or that this extractor evaluates itself.
_EVALUATED_TRANSFORMS = frozenset(
    {"AWS::LanguageExtensions", "AWS::CodeDeployBlueGreen", sam.TRANSFORM}
)


class CloudFormationExtractor:
    """Templates in YAML and JSON."""

    name = "CloudFormation template"

    def recognises(self, text: str) -> bool:
        return looks_like_template(text)

    def extract(self, source: Source, settings: ExtractSettings) -> Extraction:
        template = read_template(source)
        found = list(_transforms(template))
        if sam.uses_sam(template):
            template, failures = sam.expanded(template, settings)
            found += failures
        parameters = Parameters(template, settings)
        for logical_id, node in template.resources.items():
            found += _of_entry(template, parameters, logical_id, node)
        return Extraction(
            tuple(item for item in found if isinstance(item, Policy)),
            tuple(item for item in found if isinstance(item, NotChecked)),
        )


def _transforms(template: Template) -> Iterator[Found]:
    """Macros may add or change any policy, and only deployment runs them."""
    sections = template.root.entries
    for name in template.transforms:
        if name not in _EVALUATED_TRANSFORMS:
            yield _macro(template, name, sections["Transform"])
    for name in sections:
        if name.startswith("Fn::"):
            yield _macro(template, name, sections[name])


def _macro(template: Template, name: str, node: Node) -> NotChecked:
    return NotChecked(
        PolicyIdentity(template.source.path, "", name, ""),
        ReasonCode.NOT_ANALYSED,
        f"the macro {name} may add or change policies when the template is deployed",
        template.source.locate(node),
    )


def _of_entry(
    template: Template, parameters: Parameters, logical_id: str, node: Node
) -> list[Found]:
    kind = node.entries.get("Type")
    resource_type = kind.value if kind is not None and isinstance(kind.value, str) else ""
    if reason := _not_analysed(logical_id, node, resource_type):
        identity = PolicyIdentity(template.source.path, logical_id, resource_type, "")
        place = template.source.locate(node)
        return [NotChecked(identity, ReasonCode.NOT_ANALYSED, reason, place)]
    if not _holds_policies(resource_type):
        return []
    properties = node.entries.get("Properties") or Node({}, node.start, node.start)
    return _of_resource(Resource(template, parameters, logical_id, resource_type, node, properties))


def _not_analysed(logical_id: str, node: Node, resource_type: str) -> str:
    """Why an entry of the Resources section is not looked into, empty where it is."""
    if logical_id.startswith("Fn::"):
        return f"{'::'.join(logical_id.split('::')[:2])} is not expanded yet"
    if not isinstance(node.value, dict) or not resource_type:
        return "a resource is a mapping with a Type"
    if is_function(node.value):
        return "only deployment knows what the function beside Type adds to this resource"
    if resource_type.endswith("::MODULE"):
        return f"the module {resource_type} may hold policies, and only CloudFormation has it"
    return ""


def _holds_policies(resource_type: str) -> bool:
    return bool(
        tables.policy_properties(resource_type)
        or tables.other_grammar(resource_type)
        or tables.attachments(resource_type)
        or tables.template_containers(resource_type)
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
    resource_type = resource.type
    if resource_type.startswith(sam.PREFIX):
        resource_type = "AWS::IAM::Role"
        resource = replace(resource, properties=sam.as_role(resource.properties))
    find = provisioned_policies if resource_type == provisioning.TYPE else policies_of
    for row in tables.policy_properties(resource_type):
        for found in find(resource, row):
            yield from names.apart_by_name(found)
    for attaching in tables.attachments(resource_type):
        for found in attached_policies(resource, attaching):
            yield from names.apart_by_name(found)


def _no_policy_of_its_own(resource: Resource) -> str:
    if resource.type == "AWS::RAM::Permission":
        return "a RAM permission is a template without Principal and Resource, not a policy"
    return ""


def _containers(resource: Resource) -> Iterator[Found]:
    for container in tables.template_containers(resource.type):
        message = f"what {container.path[0]} leads to is not followed yet"
        for unit in units(resource.properties, container.path):
            yield resource.not_checked("", ReasonCode.NOT_ANALYSED, message, unit.node)


def _other_grammars(resource: Resource) -> Iterator[Found]:
    for other in tables.other_grammar(resource.type):
        name = other.path[-1]
        message = f"{name} is not written in the IAM policy language ({other.grammar})"
        for unit in units(resource.properties, other.path):
            yield resource.not_checked(name, ReasonCode.NOT_APPLICABLE, message, unit.node)
