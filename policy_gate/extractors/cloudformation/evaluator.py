"""Resolves the values of a template in one world; what only deployment knows stays deferred."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from policy_gate.extractors.cloudformation import functions, references
from policy_gate.extractors.cloudformation.carried import Carried
from policy_gate.extractors.cloudformation.conditions import Conditions
from policy_gate.extractors.cloudformation.fragments import (
    Fragment,
    split_parts,
    verbatim,
    without_dynamic_references,
)
from policy_gate.extractors.cloudformation.notation import notation
from policy_gate.extractors.cloudformation.parameters import only_values, wildcard_of
from policy_gate.extractors.cloudformation.resolved import Resolved, UnresolvableError
from policy_gate.extractors.cloudformation.stack import Stack
from policy_gate.extractors.cloudformation.template import Instance
from policy_gate.extractors.cloudformation.worlds import World
from policy_gate.extractors.stand_ins import stand_in
from policy_gate.extractors.texts import Part, TextError, join
from policy_gate.model import Assumption, AssumptionKind
from policy_gate.syntax.node import MAX_DEPTH, Node

MAX_TEXT = 1_000_000
"""Characters of one text that functions put together; CloudFormation takes no larger template."""

MAX_REFERENCES = 20
"""Resources whose names are made from one another's."""

_CHARACTERS_A_STEP = 100
_MAX_EXPRESSION = 120


class Evaluator:
    """Values of one stack in one world; `assumed` gathers what they rest on."""

    def __init__(self, stack: Stack, world: World) -> None:
        self.stack = stack
        self.template = stack.template
        self.parameters = stack.parameters
        self.world = world
        self.conditions = Conditions(self)
        self.assumed: dict[str, Assumption] = {}
        self.in_progress: list[str] = []
        self.depth = 0

    def resolve(self, node: Node) -> Resolved | None:
        """The value of a node; None where it is AWS::NoValue, which removes what holds it.

        Raises UndecidedError where the world leaves a condition open, UnresolvableError for what
        CloudFormation could not resolve either.
        """
        value = node.value
        if isinstance(value, str) and "{{" not in value:
            self.template.budget.spend(1, node)
            return Resolved(value, node.start, node.end, fragments=(verbatim(node, value),))
        with self.nested(node):
            if isinstance(value, dict):
                return self._mapping(value, node)
            if isinstance(value, list):
                items = [self.resolve(item) for item in value]
                return Resolved([item for item in items if item is not None], node.start, node.end)
            if isinstance(value, str):
                return self.text(node, [verbatim(node, value)])
            return Resolved(value, node.start, node.end)

    def nested(self, node: Node) -> _Nesting:
        """Counts a step, and guards against values that nest, or refer to each other, too deep."""
        self.template.budget.spend(1, node)
        if self.depth >= MAX_DEPTH:
            raise UnresolvableError(f"more than {MAX_DEPTH} values inside each other", node)
        return _Nesting(self)

    def _mapping(self, value: dict[str, Node], node: Node) -> Resolved | None:
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if handler := functions.FUNCTIONS.get(name):
                return handler(self, argument, node)
        if function := next((key for key in value if key.startswith("Fn::")), None):
            return self.unknown(node, f"{function} is not evaluated offline")
        resolved = {}
        for key, child in value.items():
            if (item := self.resolve(child)) is not None:
                resolved[key] = item
        return Resolved(resolved, node.start, node.end, node.keys)

    def text(self, node: Node, fragments: Sequence[Fragment]) -> Resolved:
        """A text made of fragments, whose assumptions are noted."""
        literal = "".join([item.part for item in fragments if isinstance(item.part, str)])
        self.template.budget.spend(len(fragments) + len(literal) // _CHARACTERS_A_STEP, node)
        if len(literal) > MAX_TEXT:
            raise UnresolvableError(f"a text of more than {MAX_TEXT:,} characters", node)
        if "{{" in literal:
            fragments = self._without_dynamic_references(node, fragments)
        parts = [fragment.part for fragment in fragments]
        for part in parts:
            if isinstance(part, Assumption):
                self.assume(part)
        return Resolved(join(parts), node.start, node.end, fragments=tuple(fragments))

    def _without_dynamic_references(
        self, node: Node, fragments: Sequence[Fragment]
    ) -> Sequence[Fragment]:
        def supplied(written: str) -> Assumption:
            description = f"{written} is any value: deployment resolves it"
            return self.supplied(node, written, description)

        try:
            return without_dynamic_references(fragments, node, supplied)
        except TextError as error:
            raise UnresolvableError("a character that no policy may hold", node) from error

    def given_here(self, node: Node, parts: Iterable[Part]) -> Resolved:
        """A text whose parts the function at `node` gives."""
        return self.text(node, [Fragment(part, node) for part in parts])

    def assume(self, assumption: Assumption) -> None:
        self.assumed.setdefault(assumption.expression, assumption)

    def unknown(
        self, node: Node, description: str, expression: str = "", of: Iterable[str] = ()
    ) -> Resolved:
        """A value of which nothing is known, called `expression` or else what is written.

        Where one of the texts it is made `of` holds a wildcard, so may the value.
        """
        expression = f"${{{expression or self.written(node)}}}"
        assumption = self.supplied(node, expression, description)
        return self.given_here(node, [replace(assumption, allowed=wildcard_of(of))])

    def one_of(
        self, node: Node, texts: Sequence[str | None], description: str, of: Iterable[str] = ()
    ) -> Resolved:
        """One of several texts; with a None among them, or none of them, any value.

        The value may hold a wildcard where one of the texts does, or of those it is made `of`.
        """
        known = sorted({text for text in texts if text is not None})
        is_complete = None not in texts
        if is_complete and len(known) == 1:
            return self.given_here(node, known)
        allowed = only_values(known) if is_complete and known else wildcard_of([*known, *of])
        assumption = self.supplied(node, f"${{{self.written(node)}}}", description)
        return self.given_here(node, [replace(assumption, allowed=allowed)])

    def written(self, node: Node) -> str:
        """What stands in the template, in one notation, shortened where it is long."""
        text = notation(node)
        if isinstance(node, Instance) and node.iteration:
            text = f"{text} where {node.iteration}"
        if len(text) > _MAX_EXPRESSION:
            return f"{text[:_MAX_EXPRESSION]}… {stand_in(text)}"
        return text

    def written_in_full(self, node: Node) -> str:
        """What stands in the template, and in a loop what the identifiers stand for."""
        text = self.template.source.text[node.start : node.end]
        if isinstance(node, Instance) and node.iteration:
            return f"{text} where {node.iteration}"
        return text

    def supplied(self, node: Node, expression: str, description: str) -> Assumption:
        return Assumption(
            AssumptionKind.SUPPLIED,
            expression,
            description,
            stand_in(expression),
            location=self.template.source.locate(node),
        )

    def received(self, carried: Carried, node: Node) -> Resolved:
        """What another stack gives."""
        for assumption in carried.assumed:
            self.assume(assumption)
        return self.given_here(node, carried.parts)

    def parameter(self, name: str, node: Node) -> Resolved:
        """What `Ref` to a parameter or pseudo parameter gives."""
        if (carried := self.parameters.received(name, self.world)) is not None:
            return self._received_parameter(name, carried, node)
        text = self.parameters.text(name, self.world)
        if text.assumption is not None:
            self.assume(text.assumption)
        if isinstance(text.value, tuple):
            self.template.budget.spend(len(text.value), node)
            items = [self.given_here(node, [item]) for item in text.value]
            return Resolved(list(items), node.start, node.end)
        return self.given_here(node, [text.value])

    def _received_parameter(self, name: str, carried: Carried, node: Node) -> Resolved:
        if not self.parameters.is_list(name):
            return self.received(carried, node)
        pieces = split_parts(carried.parts, ",")
        if pieces is None:
            return self.unknown(node, f"the list {name} is known at deployment", name)
        self.template.budget.spend(len(pieces), node)
        items = [self.received(carried._replace(parts=piece), node) for piece in pieces]
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
            return self.given_here(node, references.reference(self, name, node))
        return self.generated_later(name, node)

    def attribute(self, logical_id: str, attribute: str, node: Node) -> Resolved:
        """What `Fn::GetAtt` gives."""
        if logical_id in self.template.resources:
            parts = references.attribute(self, logical_id, attribute, node)
            return self.given_here(node, parts)
        return self.generated_later(f"{logical_id}.{attribute}", node)

    def generated_later(self, name: str, node: Node) -> Resolved:
        """A name that the template lacks: fine where a transform adds resources, else an error."""
        if not self.template.is_expanded_later:
            raise UnresolvableError(f"{name!r} names nothing in this template", node)
        return self.unknown(node, f"{name} is made by a transform", name)

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
        if len(self.in_progress) >= MAX_REFERENCES:
            message = f"more than {MAX_REFERENCES} names that are made from one another"
            raise UnresolvableError(message, node)
        self.in_progress.append(logical_id)
        try:
            yield
        finally:
            self.in_progress.pop()


class _Nesting:
    """One level of values inside each other, while its `with` block runs."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator

    def __enter__(self) -> None:
        self.evaluator.depth += 1

    def __exit__(self, *_error: object) -> None:
        self.evaluator.depth -= 1
