"""What a resource gives the parameters of the template that it holds.

Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudformation_stack_set_instance
and the pages of the other resource types there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from policy_gate.extractors.cloudformation.template import read_template
from policy_gate.extractors.interface import ExtractSettings, ParameterValue
from policy_gate.extractors.terraform.changes import ResourceChange, value_at
from policy_gate.extractors.terraform.masks import masked
from policy_gate.extractors.terraform.paths import concrete_paths
from policy_gate.extractors.terraform.resources import Resource
from policy_gate.extractors.terraform.tables import StepPath
from policy_gate.extractors.terraform.values import Located, Place, located, scalar_text
from policy_gate.syntax.source import Source

_ELSEWHERE = ("_stack_set", "_organization_conformance_pack")
"""What is deployed into accounts and Regions of its own."""

_ENVIRONMENT = ("AWS::AccountId", "AWS::Region")
_INSTANCES = ("aws_cloudformation_stack_instances", "aws_cloudformation_stack_set_instance")
_OVERRIDES = ("parameter_overrides",)
_GROUPS = ("stack_instances_group", "*", "parameter_overrides")


def template_settings(
    resource: Resource, path: StepPath, source: Source, settings: ExtractSettings, *, before: bool
) -> ExtractSettings:
    """The settings for the template, with what `path` leads to for its parameters.

    A parameter has its default only where it is surely given no value: one that is known after
    apply, sensitive, or other in an instance of a stack set is any value. What the user says of
    parameters is not about this template. Raises ReadError and NotSupportedError where the template
    cannot be read.
    """
    elsewhere = resource.change.type.endswith(_ELSEWHERE)
    known = {
        name: value
        for name, value in settings.parameters.items()
        if name.startswith("AWS::") and not (elsewhere and name in _ENVIRONMENT)
    }
    environment = replace(settings, parameters=known, kept_parameters=frozenset())
    values: dict[str, ParameterValue | None] = {}
    for name, value in _given(resource, path, before=before):
        if name is None:
            return environment.given(dict.fromkeys(read_template(source).parameters))
        values[name] = value
    return environment.given(values)


def _given(
    resource: Resource, path: StepPath, *, before: bool
) -> Iterator[tuple[str | None, ParameterValue | None]]:
    """The parameters that may have other values than their defaults.

    A name of None is any of them, a value of None is any value.
    """
    if path:
        for name, value in _entries(_attribute(resource, path[0], before=before)):
            yield name, None if value is None else scalar_text(value.value)
    if "_stack_set" in resource.change.type:
        for name in _overridden(resource.change, _GROUPS, resource.place):
            yield name, None
        for change in resource.evaluation.plan.changes:
            if change.type in _INSTANCES:
                for name in _overridden(change, _OVERRIDES, resource.place):
                    yield name, None


def _attribute(resource: Resource, name: str, *, before: bool) -> Located:
    change = resource.change
    if not before:
        return resource.evaluation.module(change.module).attribute(change, name, resource.place)
    was = replace(
        change,
        after=change.before,
        after_unknown=None,
        after_sensitive=change.before_sensitive,
    )
    return masked(was, name, f"{change.address}.{name}", resource.place)


def _overridden(change: ResourceChange, path: StepPath, place: Place) -> Iterator[str | None]:
    """The parameters to which instances of a stack set give values of their own."""
    after, unknown = change.after, change.after_unknown
    for found in concrete_paths(after, unknown, path):
        if change.is_unknown(found):
            yield None
        else:
            for name, _ in _entries(located(value_at(after, found), place)):
                yield name


def _entries(given: Located) -> Iterable[tuple[str | None, Located | None]]:
    """The entries of a mapping, or what blocks with a name and a value have."""
    value = given.value
    if value is None:
        return []
    if isinstance(value, dict):
        return value.items()
    if not isinstance(value, list):
        return [(None, None)]
    return [_entry(item) for item in value]


def _entry(block: Located) -> tuple[str | None, Located | None]:
    entries = block.value if isinstance(block.value, dict) else {}
    name = entries.get("parameter_name") or entries.get("parameter_key")
    if name is None or not isinstance(name.value, str):
        return None, None
    return name.value, entries.get("parameter_value")
