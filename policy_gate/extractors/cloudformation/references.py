"""What Ref and Fn::GetAtt give for a resource of the template.

A resource that the template names keeps its name; one that CloudFormation names is a fresh literal
("created here"). The shapes of names and ARNs come from the table of resource types; a value whose
shape is not known there can be anything.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeGuard

from policy_gate.extractors.cloudformation import tables
from policy_gate.extractors.cloudformation.resolved import parts_of
from policy_gate.extractors.cloudformation.template import is_function, resource_type
from policy_gate.extractors.stand_ins import stand_in
from policy_gate.extractors.texts import Part
from policy_gate.model import Assumption, AssumptionKind
from policy_gate.syntax.node import Node

if TYPE_CHECKING:
    from policy_gate.extractors.cloudformation.evaluator import Evaluator

_PLACEHOLDER = re.compile(r"\$\{(\w+)(?:\|without ([^}]+))?\}")
_PSEUDO_PARAMETERS = {
    "Account": "AWS::AccountId",
    "Partition": "AWS::Partition",
    "Region": "AWS::Region",
    "URLSuffix": "AWS::URLSuffix",
}


def reference(evaluator: Evaluator, logical_id: str, node: Node) -> list[Part]:
    """The parts of what `Ref` gives. Raises UnresolvableError for a cycle."""
    target = _Target(evaluator, logical_id, node)
    return target.filled(target.kind.ref if target.kind else None, "")


def attribute(evaluator: Evaluator, logical_id: str, name: str, node: Node) -> list[Part]:
    """The parts of what `Fn::GetAtt` gives. Raises UnresolvableError for a cycle."""
    target = _Target(evaluator, logical_id, node)
    if name.startswith("Outputs."):
        output = target.output(name.removeprefix("Outputs."))
        if output is not None:
            return list(output)
    return target.filled(target.kind.attributes.get(name) if target.kind else None, f".{name}")


class _Target:
    """The resource that `node` refers to."""

    def __init__(self, evaluator: Evaluator, logical_id: str, node: Node) -> None:
        self.evaluator = evaluator
        self.logical_id = logical_id
        self.node = node
        self.resource = evaluator.template.resources[logical_id]
        self.type = resource_type(self.resource)
        self.kind = tables.resource_type(self.type)
        properties = self.resource.entries.get("Properties")
        self.properties = {} if properties is None else properties.entries

    def filled(self, shape: str | None, suffix: str) -> list[Part]:
        """The shape with its placeholders filled in, or an assumption of any value."""
        kind = self.kind
        if kind is None or shape is None or is_function(self.properties):
            return [self.any_value(suffix)]
        if any(name in self.properties for name in kind.unless):
            return [self.any_value(suffix)]
        parts: list[Part] = []
        end = 0
        for match in _PLACEHOLDER.finditer(shape):
            parts.append(shape[end : match.start()])
            value = _without(self.placeholder(match.group(1)), match.group(2) or "")
            if shape != match.group() and any(":" in text for text in value if _is_plain(text)):
                return [self.any_value(suffix)]
            parts += value
            end = match.end()
        return [*parts, shape[end:]]

    def output(self, name: str) -> tuple[Part, ...] | None:
        """An output of the stack that the resource makes, None where it is not known."""
        # A nested stack has values of its own to resolve.
        from policy_gate.extractors.cloudformation import nested

        if self.type not in nested.CONTAINERS:
            return None
        with self.evaluator.entering(self.logical_id, self.node):
            carried = nested.output(self.evaluator, self.logical_id, self.resource, name)
        if carried is None:
            return None
        for assumption in carried.assumed:
            self.evaluator.assume(assumption)
        return carried.parts

    def any_value(self, suffix: str) -> Assumption:
        expression = f"${{{self.logical_id}{suffix}}}"
        description = f"{expression} is any value: deployment decides it"
        return self.evaluator.supplied(self.node, expression, description)

    def placeholder(self, name: str) -> list[Part]:
        if name in _PSEUDO_PARAMETERS:
            resolved = self.evaluator.parameter(_PSEUDO_PARAMETERS[name], self.node)
            return list(parts_of(resolved, self.node))
        if (written := self.properties.get(name)) is not None:
            with self.evaluator.entering(self.logical_id, self.node):
                value = self.evaluator.resolve(written)
            if value is not None:
                return list(parts_of(value, written))
        if self.kind is not None and name in self.kind.defaults:
            return [self.kind.defaults[name]]
        return [self.created(name)]

    def created(self, name: str) -> Assumption:
        return Assumption(
            AssumptionKind.CREATED_HERE,
            f"${{{self.logical_id}}}",
            f"{self.logical_id} ({self.type}) is created by this template",
            stand_in(f"{self.logical_id}.{name}"),
            location=self.evaluator.template.source.locate(self.resource),
        )


def _without(value: list[Part], prefix: str) -> list[Part]:
    """The parts of a text without what it begins with."""
    first = value[0] if value else None
    return [first.removeprefix(prefix), *value[1:]] if isinstance(first, str) else value


def _is_plain(part: Part) -> TypeGuard[str]:
    return isinstance(part, str)
