"""Resolves the values of a template in one world; what only deployment knows stays deferred."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from policy_gate.extractors.cloudformation import functions, references
from policy_gate.extractors.cloudformation.conditions import Conditions
from policy_gate.extractors.cloudformation.parameters import Parameters, stand_in
from policy_gate.extractors.cloudformation.resolved import Part, Resolved, UnresolvableError, join
from policy_gate.extractors.cloudformation.template import Template
from policy_gate.extractors.cloudformation.worlds import World
from policy_gate.model import Assumption, AssumptionKind, DeferredText
from policy_gate.syntax.node import Node

_DYNAMIC_REFERENCE = re.compile(r"\{\{resolve:[^{}]*\}\}")


class Evaluator:
    """Values of one template in one world; `assumed` gathers what they rest on."""

    def __init__(self, template: Template, parameters: Parameters, world: World) -> None:
        self.template = template
        self.parameters = parameters
        self.world = world
        self.conditions = Conditions(self)
        self.assumed: dict[str, Assumption] = {}
        self.in_progress: list[str] = []

    def resolve(self, node: Node) -> Resolved | None:
        """The value of a node; None where it is AWS::NoValue, which removes what holds it.

        Raises UndecidedError where the world leaves a condition open, UnresolvableError for what
        CloudFormation could not resolve either.
        """
        value = node.value
        if isinstance(value, dict):
            return self._mapping(value, node)
        if isinstance(value, list):
            items = [self.resolve(item) for item in value]
            return Resolved([item for item in items if item is not None], node.start, node.end)
        if isinstance(value, str):
            return self.text(node, self.dynamic_references(value), written=node)
        return Resolved(value, node.start, node.end)

    def _mapping(self, value: dict[str, Node], node: Node) -> Resolved | None:
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if handler := functions.FUNCTIONS.get(name):
                return handler(self, argument, node)
        if function := next((key for key in value if key.startswith("Fn::")), None):
            return self.unknown(node, f"${{{function}}}", f"{function} is not evaluated offline")
        resolved = {}
        for key, child in value.items():
            if (item := self.resolve(child)) is not None:
                resolved[key] = item
        return Resolved(resolved, node.start, node.end, node.keys)

    def text(self, node: Node, parts: list[Part], written: Node | None = None) -> Resolved:
        """A text made of parts, whose assumptions are noted."""
        for part in parts:
            if isinstance(part, Assumption):
                self.assume(part)
        return Resolved(join(parts), node.start, node.end, written=written)

    def assume(self, assumption: Assumption) -> None:
        self.assumed.setdefault(assumption.expression, assumption)

    def unknown(self, node: Node, expression: str, description: str) -> Resolved:
        """A value of which nothing is known."""
        return self.text(node, [self.supplied(node, expression, description)])

    def supplied(self, node: Node, expression: str, description: str) -> Assumption:
        return Assumption(
            AssumptionKind.SUPPLIED,
            expression,
            description,
            stand_in(expression),
            location=self.template.source.locate(node),
        )

    def dynamic_references(self, text: str) -> list[Part]:
        """A literal text with `{{resolve:...}}` taken out of it."""
        if "{{resolve:" not in text:
            return [text]
        parts: list[Part] = []
        end = 0
        for match in _DYNAMIC_REFERENCE.finditer(text):
            expression = match.group()
            parts.append(text[end : match.start()])
            description = f"{expression} is any value: deployment resolves it"
            parts.append(
                Assumption(AssumptionKind.SUPPLIED, expression, description, stand_in(expression))
            )
            end = match.end()
        return [*parts, text[end:]]

    def parameter(self, name: str, node: Node) -> Resolved:
        """What `Ref` to a parameter or pseudo parameter gives."""
        text = self.parameters.text(name, self.world)
        if text.assumption is not None:
            self.assume(text.assumption)
        if isinstance(text.value, Assumption):
            return Resolved(DeferredText((text.value,)), node.start, node.end)
        if isinstance(text.value, str):
            return self.text(node, self.dynamic_references(text.value))
        items = [Resolved(item, node.start, node.end) for item in text.value]
        return Resolved(list(items), node.start, node.end)

    def scalar_parameter(self, node: Node) -> str | None:
        """The parameter that a node is a plain `Ref` to, unless it is a list."""
        if len(node.entries) != 1 or "Ref" not in node.entries:
            return None
        name = node.entries["Ref"].value
        if not isinstance(name, str) or name not in self.parameters:
            return None
        return None if self.parameters.is_list(name) else name

    def name(self, name: str, node: Node) -> Resolved | None:
        """What `Ref` gives for a parameter, a pseudo parameter or a resource."""
        if name == "AWS::NoValue":
            return None
        if name in self.parameters:
            return self.parameter(name, node)
        if name in self.template.resources:
            return self.text(node, references.reference(self, name, node))
        return self.generated_later(name, node)

    def attribute(self, logical_id: str, attribute: str, node: Node) -> Resolved:
        """What `Fn::GetAtt` gives."""
        if logical_id in self.template.resources:
            return self.text(node, references.attribute(self, logical_id, attribute, node))
        return self.generated_later(f"{logical_id}.{attribute}", node)

    def generated_later(self, name: str, node: Node) -> Resolved:
        """A name that the template lacks: fine where a transform adds resources, else an error."""
        if not self.template.is_expanded_later:
            raise UnresolvableError(f"{name!r} names nothing in this template", node)
        return self.unknown(node, f"${{{name}}}", f"{name} is made by a transform")

    @contextmanager
    def recording(self) -> Iterator[dict[str, Assumption]]:
        """Gathers the assumptions made inside the block, besides noting them as always."""
        outer, self.assumed = self.assumed, {}
        try:
            yield self.assumed
        finally:
            self.assumed = {**outer, **self.assumed}

    @contextmanager
    def entering(self, logical_id: str, node: Node) -> Iterator[None]:
        """Guards against resources whose names refer to each other."""
        if logical_id in self.in_progress:
            cycle = " → ".join([*self.in_progress, logical_id])
            raise UnresolvableError(f"circular reference: {cycle}", node)
        self.in_progress.append(logical_id)
        try:
            yield
        finally:
            self.in_progress.pop()
