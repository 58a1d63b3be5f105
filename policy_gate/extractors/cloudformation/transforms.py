"""What the transforms of a template make of it, as far as that is known offline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from policy_gate.extractors.cloudformation import foreach, sam
from policy_gate.extractors.cloudformation.stack import Stack
from policy_gate.extractors.cloudformation.template import Template
from policy_gate.model import NotChecked, PolicyIdentity, ReasonCode
from policy_gate.syntax.node import Node

# Transforms that change no policy, or that this extractor evaluates itself.
_EVALUATED = frozenset({foreach.TRANSFORM, "AWS::CodeDeployBlueGreen", sam.TRANSFORM})


def expanded(stack: Stack) -> Stack:
    """The stack with the resources that its transforms make; `hidden` gets what they hide."""
    template = stack.template
    hidden = list(_macros(template))
    if foreach.uses_loops(template):
        template, failures = foreach.expanded(stack)
        hidden += failures
    if sam.uses_sam(template):
        template, failures = sam.expanded(template, stack.parameters.given)
        hidden += failures
    return replace(stack, template=template, hidden=tuple(hidden))


def _macros(template: Template) -> Iterator[NotChecked]:
    """Macros may add or change any policy, and only deployment runs them."""
    sections = template.root.entries
    for name in template.transforms:
        if name not in _EVALUATED:
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
