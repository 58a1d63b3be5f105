"""Stacks inside stacks: from the resource that makes one to its template and parameters.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html
and the pages of the resource types under
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from policy_gate.extractors.cloudformation.carried import Carried, carried
from policy_gate.extractors.cloudformation.documents import places_of
from policy_gate.extractors.cloudformation.evaluator import Evaluator
from policy_gate.extractors.cloudformation.parameters import Parameters
from policy_gate.extractors.cloudformation.resolved import (
    Resolved,
    UnresolvableError,
    fragments_of,
    parts_of,
)
from policy_gate.extractors.cloudformation.stack import Nesting, NotFollowedError, Stack
from policy_gate.extractors.cloudformation.template import (
    Template,
    is_function,
    read_template,
    resource_type,
)
from policy_gate.extractors.cloudformation.transforms import expanded
from policy_gate.extractors.cloudformation.worlds import UndecidedError, World
from policy_gate.extractors.interface import NotSupportedError, ParameterValue
from policy_gate.extractors.texts import Part
from policy_gate.model import DeferredText, NotChecked
from policy_gate.syntax.node import Node, ReadError
from policy_gate.syntax.source import Embedded, Source

MAX_NESTING = 10
"""Stacks inside each other."""


@dataclass(frozen=True, slots=True)
class _Container:
    """How a resource type leads to a template and gives it parameters."""

    urls: tuple[str, ...] = ()
    """The properties that say where the template is."""

    body: str = ""
    """The property that is the text of the template."""

    parameters: str = "Parameters"
    key: str = ""
    """In a list of parameters: the entry with the name; empty where they are a mapping."""

    value: str = "ParameterValue"
    same_environment: bool = True
    """Is the stack made in the account and Region of the stack that holds the resource?"""


_STACK_SET = _Container(("TemplateURL",), "TemplateBody", "Parameters", "ParameterKey")
_CONFORMANCE_PACK = _Container(
    (), "TemplateBody", "ConformancePackInputParameters", "ParameterName"
)
CONTAINERS = {
    "AWS::CloudFormation::ChangeSet": _STACK_SET,
    "AWS::CloudFormation::Stack": _Container(("TemplateURL",)),
    "AWS::CloudFormation::StackSet": replace(_STACK_SET, same_environment=False),
    "AWS::Config::ConformancePack": _CONFORMANCE_PACK,
    "AWS::Config::OrganizationConformancePack": replace(_CONFORMANCE_PACK, same_environment=False),
    "AWS::Serverless::Application": _Container(("Location",)),
}


def nested_stack(evaluator: Evaluator, logical_id: str, node: Node) -> Stack:
    """The stack that a resource makes, in the evaluator's world.

    Raises NotFollowedError, UnresolvableError and UndecidedError.
    """
    nesting = evaluator.stack.nesting
    container = CONTAINERS[resource_type(node)]
    properties = node.entries.get("Properties") or Node({}, node.start, node.start)
    if is_function(properties.entries):
        raise NotFollowedError("a function gives the properties, so the template is not followed")
    passed = _passed(evaluator, container, properties)
    source = _source(evaluator, container, node, properties)
    values = None if passed is None else tuple(sorted(passed.items()))
    key = (evaluator.stack.address, logical_id, source.path, source.text, values)
    if (known := nesting.stacks.get(key)) is None:
        known = _stack(evaluator, container, logical_id, source, passed)
        nesting.stacks[key] = known
    return known


def _stack(
    evaluator: Evaluator,
    container: _Container,
    logical_id: str,
    source: Source,
    passed: Mapping[str, Carried] | None,
) -> Stack:
    parent = evaluator.stack
    if len(parent.ancestors) >= MAX_NESTING:
        raise NotFollowedError(f"more than {MAX_NESTING} stacks inside each other are not followed")
    template = _template(parent.nesting, source)
    pseudo = _pseudo_parameters(evaluator, container)
    settings = replace(parent.settings, parameters=pseudo, kept_parameters=frozenset())
    address = f"{parent.address}{logical_id}/"
    stack = expanded(
        replace(
            parent,
            template=template,
            parameters=Parameters(template, settings, passed),
            settings=settings,
            name=f"{parent.name}/{logical_id}",
            address=address,
            ancestors=(*parent.ancestors, parent.template.source.path),
        )
    )
    return replace(stack, hidden=tuple(_inside(address, item) for item in stack.hidden))


def _inside(address: str, item: NotChecked) -> NotChecked:
    identity = item.identity
    inside = f"{address}{identity.resource_address}".removesuffix("/")
    return replace(item, identity=identity._replace(resource_address=inside))


def _template(nesting: Nesting, source: Source) -> Template:
    """The template in a text, with a budget of its own."""
    try:
        if isinstance(source, Embedded):
            template = read_template(source)
        else:
            if source.path not in nesting.templates:
                nesting.templates[source.path] = read_template(source)
            template = nesting.templates[source.path]
    except (ReadError, NotSupportedError) as error:
        place = source.location(error.offset, error.offset)
        raise NotFollowedError(error.message, place) from error
    return replace(template, budget=nesting.budget())


def _source(
    evaluator: Evaluator, container: _Container, resource: Node, properties: Node
) -> Source:
    stack = evaluator.stack
    if (body := properties.entries.get(container.body)) is not None:
        return _body(evaluator, body)
    for name in container.urls:
        if (node := properties.entries.get(name)) is None:
            continue
        resolved = evaluator.resolve(node)
        value = None if resolved is None else resolved.value
        try:
            if not isinstance(value, str | DeferredText):
                raise NotFollowedError(f"what {name} leads to is not part of this project")
            found = stack.surroundings.nested_template(stack, resource, str(value))
            return _new(stack, found)
        except NotFollowedError as error:
            place = stack.template.source.locate(node)
            raise NotFollowedError(error.message, place) from error
    raise NotFollowedError(f"{' or '.join([*container.urls, container.body])} is missing")


def _new(stack: Stack, source: Source) -> Source:
    """The source, unless the stack is already inside a stack of its template."""
    paths = [*stack.ancestors, stack.template.source.path]
    if source.path in paths:
        circle = " → ".join([*paths[paths.index(source.path) :], source.path])
        raise NotFollowedError(f"these templates nest each other without end: {circle}")
    return source


def _body(evaluator: Evaluator, node: Node) -> Source:
    resolved = evaluator.resolve(node)
    outer = evaluator.template.source
    place = outer.locate(node)
    if resolved is None or isinstance(resolved.value, list | dict):
        raise NotFollowedError("the text of a template is expected here", place)
    if isinstance(resolved.value, DeferredText):
        names = ", ".join(dict.fromkeys(part.expression for part in resolved.value.assumptions()))
        raise NotFollowedError(f"deployment decides parts of this template: {names}", place)
    fragments = fragments_of(resolved, node)
    text = "".join(part for part in parts_of(resolved, node) if isinstance(part, str))
    places = places_of(fragments, outer) or [(node.start, node.end)]
    return Embedded(outer.path, text, outer, places)


def _passed(
    evaluator: Evaluator, container: _Container, properties: Node
) -> dict[str, Carried] | None:
    """What the parent passes, by parameter; None where even that is not known."""
    written = properties.entries.get(container.parameters)
    if written is None or written.value is None:
        return {}
    passed = {}
    for name, node in _entries(container, written):
        if name is None:
            return None
        with evaluator.recording() as assumed:
            value = evaluator.resolve(node)
        if value is not None:
            parts = _text_parts(value, node)
            same_environment = container.same_environment
            passed[name] = carried(evaluator.stack.name, parts, assumed.values(), same_environment)
    for name, node in _overridden(properties):
        part = evaluator.supplied(node, f"${{{name}}}", f"stack instances override {name}")
        passed[name] = Carried((part,))
    return passed


def _entries(container: _Container, written: Node) -> Iterator[tuple[str | None, Node]]:
    """The parameters and their values; a name of None where deployment decides it."""
    if isinstance(written.value, list) and container.key:
        for item in written.value:
            name, value = item.entries.get(container.key), item.entries.get(container.value)
            if name is not None and value is not None:
                yield name.value if isinstance(name.value, str) else None, value
    elif isinstance(written.value, dict) and not container.key and not is_function(written.value):
        yield from written.value.items()
    else:
        yield None, written


def _overridden(properties: Node) -> Iterator[tuple[str, Node]]:
    """The parameters to which groups of instances of a stack set give values of their own."""
    groups = properties.entries.get("StackInstancesGroup")
    for group in groups.value if groups and isinstance(groups.value, list) else ():
        overrides = group.entries.get("ParameterOverrides")
        for item in overrides.value if overrides and isinstance(overrides.value, list) else ():
            name = item.entries.get("ParameterKey")
            if name is not None and isinstance(name.value, str):
                yield name.value, item


def _text_parts(value: Resolved, node: Node) -> Sequence[Part]:
    """A list is passed as its items with commas between them."""
    if not isinstance(value.value, list):
        return parts_of(value, node)
    parts: list[Part] = []
    for position, item in enumerate(value.value):
        parts += [",", *parts_of(item, node)] if position else parts_of(item, node)
    return parts


def _pseudo_parameters(evaluator: Evaluator, container: _Container) -> dict[str, ParameterValue]:
    """Those that are the same in the nested stack."""
    shared = {"AWS::Partition", "AWS::URLSuffix"}
    if container.same_environment:
        shared |= {"AWS::AccountId", "AWS::Region"}
    known = {**evaluator.parameters.given, **evaluator.world.equal}
    return {name: value for name, value in known.items() if name in shared}


def output(evaluator: Evaluator, logical_id: str, node: Node, name: str) -> Carried | None:
    """An output of the stack that a resource makes, None where it is not known.

    Raises UnresolvableError and UndecidedError.
    """
    try:
        stack = nested_stack(evaluator, logical_id, node)
    except NotFollowedError:
        return None
    key = id(stack), name
    if key not in stack.nesting.outputs:
        # Whoever asks while it is looked for goes in a circle.
        stack.nesting.outputs[key] = None
        same_environment = CONTAINERS[resource_type(node)].same_environment
        stack.nesting.outputs[key] = output_of(stack, name, same_environment)
    return stack.nesting.outputs[key]


def output_of(stack: Stack, name: str, same_environment: bool) -> Carried | None:
    """An output of a stack, None where it is not known or conditions decide it."""
    declared = stack.template.outputs.get(name)
    value = None if declared is None else declared.entries.get("Value")
    if value is None:
        return None
    evaluator = Evaluator(stack, World())
    stack.template.budget.begin_part()
    try:
        resolved = evaluator.resolve(value)
        parts = () if resolved is None else parts_of(resolved, value)
    except (UnresolvableError, UndecidedError):
        return None
    return carried(stack.name, parts, evaluator.assumed.values(), same_environment)
