"""What the transforms of a template make of it, as far as that is known offline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from policy_gate.extractors.cloudformation import sam
from policy_gate.extractors.cloudformation.template import Template
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.model import NotChecked, PolicyIdentity, ReasonCode
from policy_gate.syntax.node import Node

# Transforms that change no policy, or that this extractor evaluates itself.
_EVALUATED = frozenset({"AWS::LanguageExtensions", "AWS::CodeDeployBlueGreen", sam.TRANSFORM})


class Expanded(NamedTuple):
    template: Template
    hidden: tuple[NotChecked, ...]
    """What may hold policies that are not seen here."""


def expanded(template: Template, settings: ExtractSettings) -> Expanded:
    """The template with the resources that its transforms make."""
    hidden = list(_macros(template))
    if sam.uses_sam(template):
        template, failures = sam.expanded(template, settings)
        hidden += failures
    return Expanded(template, tuple(hidden))


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
