"""Expressions to values, each part at the place where it is written.

Source: https://developer.hashicorp.com/terraform/language/expressions
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from policy_gate.extractors.terraform.assumptions import any_value, step_into, supplied
from policy_gate.extractors.terraform.hcl import operators
from policy_gate.extractors.terraform.hcl.budget import MAX_STEPS_OF_ONE, Budget, TooManyStepsError
from policy_gate.extractors.terraform.hcl.iteration import for_object, for_tuple
from policy_gate.extractors.terraform.hcl.scope import Scope, Steps
from policy_gate.extractors.terraform.hcl.syntax import Expression, File
from policy_gate.extractors.terraform.values import (
    Located,
    Place,
    measured,
    plain,
    scalar_text,
    unknown,
)
from policy_gate.syntax.source import Source

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_SIZE = 200_000
"""Parts of one value, written out: parts that stand in several places count in each."""

MAX_DEPTH = 120
"""Expressions inside each other."""

_UNTOLD = "its expression is not evaluated here"
_TOO_MUCH = "it takes too many steps to evaluate"
_CONDITION = "its condition is known after apply"
_WRAPPERS = frozenset(
    {"expression", "literal_value", "template_expr", "collection_value", "operation", "for_expr"}
)
_SKIPPED = frozenset({"(", ")", "comment"})


Argument: TypeAlias = tuple[Located, bool]
"""An argument of a call, and whether an error may be deep inside it."""


class Bound:
    """A scope with names of its own: those that a `for` or a dynamic block gives."""

    def __init__(self, scope: Scope, names: Mapping[str, Located]) -> None:
        self.scope = scope
        self.names = names

    def reference(self, steps: Steps, place: Place) -> Located:
        if steps[0] in self.names:
            value = self.names[str(steps[0])]
            return step_into(value, steps[1:], ".".join(map(str, steps)), place)
        return self.scope.reference(steps, place)

    def file(self, path: str) -> Source | None:
        return self.scope.file(path)


def evaluate(expression: Expression, scope: Scope, budget: Budget) -> Located:
    """The value. What cannot be told of it is any value; it never raises."""
    if expression.node.has_error:
        # The parser leaves out what it does not know, and what is left means something else.
        return any_value(expression.text, _UNTOLD, expression.place)
    is_outermost = not budget.is_running
    if is_outermost:
        budget.is_running, budget.left_of_one = True, MAX_STEPS_OF_ONE
    try:
        return Evaluator(expression.file, scope, budget).value(expression.node)
    except (TooManyStepsError, RecursionError):
        return any_value(expression.text, _TOO_MUCH, expression.place)
    finally:
        if is_outermost:
            budget.is_running = False


class Evaluator:
    """The expressions of one file in one scope."""

    def __init__(self, file: File, scope: Scope, budget: Budget, depth: int = 0) -> None:
        self.file = file
        self.scope = scope
        self.budget = budget
        self.depth = depth
        self.doubts: list[Node] = []
        """What was evaluated that is an error, or may be one for all that is known."""

    def value(self, node: Node) -> Located:
        """Raises TooManyStepsError."""
        self.budget.spend()
        self.depth += 1
        try:
            if self.depth > MAX_DEPTH:
                raise TooManyStepsError
            value = self.value_of(node)
            if measured(value) > MAX_SIZE:
                raise TooManyStepsError
            return value
        finally:
            self.depth -= 1

    def value_of(self, node: Node) -> Located:
        if node.type in _WRAPPERS:
            return self.sequence(node, node.children)
        evaluate_node = _NODES.get(node.type)
        return self.untold(node) if evaluate_node is None else evaluate_node(self, node)

    def untold(self, node: Node, why: str = _UNTOLD) -> Located:
        self.doubts.append(node)
        return any_value(self.written(node), why, self.file.place(node))

    def written(self, node: Node) -> str:
        return Expression(self.file, node).text

    def within(self, names: Mapping[str, Located]) -> Evaluator:
        """With more names."""
        inner = Evaluator(self.file, Bound(self.scope, names), self.budget, self.depth)
        inner.doubts = self.doubts
        return inner

    def sequence(self, node: Node, children: Sequence[Node]) -> Located:
        """A value and the steps that follow it."""
        nodes = [child for child in children if child.type not in _SKIPPED]
        if not nodes:
            return self.untold(node)
        if nodes[0].type == "variable_expr":
            base, rest = self.traversal(nodes)
        else:
            base, rest = self.value(nodes[0]), nodes[1:]
        for step in rest:
            base = self.step(base, step, node)
        if base.is_error:
            self.doubts.append(node)
        return base

    def traversal(self, nodes: Sequence[Node]) -> tuple[Located, Sequence[Node]]:
        """The reference that the longest run of known steps makes, and what follows it."""
        steps: list[str | int] = [self.file.text(nodes[0])]
        count = 1
        for node in nodes[1:]:
            step = self.known_step(node)
            if step is None:
                break
            steps.append(step)
            count += 1
        place = self.file.between(nodes[0].start_byte, nodes[count - 1].end_byte)
        return self.scope.reference(tuple(steps), place), nodes[count:]

    def known_step(self, node: Node) -> str | int | None:
        """The name or index that a step takes, None where it is a splat or not known."""
        if node.type == "get_attr":
            return self.file.text(node.children[-1])
        if node.type != "index":
            return None
        inner = node.children[0] if node.children else node
        if inner.type == "legacy_index":
            digits = self.file.text(inner.children[-1])[:18] if inner.children else ""
            return int(digits) if digits.isdecimal() else None
        keys = [child for child in inner.children if child.type == "expression"]
        key = self.value(keys[0]).value if keys else None
        if isinstance(key, float) and key.is_integer():
            return int(key)
        return key if isinstance(key, int | str) and not isinstance(key, bool) else None

    def step(self, base: Located, node: Node, whole: Node) -> Located:
        if node.type == "splat":
            return self.splat(base, node, whole)
        step = self.known_step(node)
        if step is None:
            return self.untold(whole)
        content = base.value
        if isinstance(content, list) and isinstance(step, str) and step.isdecimal():
            step = int(step)
        return step_into(base, (step,), self.written(whole), self.file.place(whole))

    def splat(self, base: Located, node: Node, whole: Node) -> Located:
        if base.is_unknown:
            return self.untold(whole)
        content = base.value
        items = content if isinstance(content, list) else [] if content is None else [base]
        inner = node.children[0] if node.children else node
        steps = [child for child in inner.children if child.type in ("get_attr", "index")]
        after: list[Node] = []
        if inner.type == "attr_splat":
            # `.*.a[0]` takes the first of what `.*.a` gives, as `[*].a[0]` does not.
            is_index = [step.type == "index" for step in steps]
            count = is_index.index(True) if True in is_index else len(steps)
            steps, after = steps[:count], steps[count:]
        found = []
        for item in items:
            self.budget.spend()
            taken = item
            for step in steps:
                taken = self.step(taken, step, whole)
            found.append(taken)
        result = Located(list(found), base.place)
        for step in after:
            result = self.step(result, step, whole)
        return result

    def literal(self, node: Node) -> Located:
        text, place = self.file.text(node), self.file.place(node)
        if node.type == "bool_lit":
            return Located(text == "true", place)
        if node.type == "null_lit":
            return Located(None, place)
        try:
            if text.isdecimal():
                return Located(int(text[:40]), place) if len(text) <= 40 else self.untold(node)
            number = float(text)
            return Located(int(number) if number.is_integer() else number, place)
        except (ValueError, OverflowError):
            return self.untold(node)

    def tuple(self, node: Node) -> Located:
        items = [self.value(child) for child in node.children if child.type == "expression"]
        return Located(list(items), self.file.place(node))

    def object(self, node: Node) -> Located:
        children: dict[str, Located] = {}
        places: dict[str, Place] = {}
        for element in node.children:
            if element.type != "object_elem":
                continue
            parts = [child for child in element.children if child.type == "expression"]
            if len(parts) != 2:
                return self.untold(node)
            key = self.object_key(parts[0])
            if key is None:
                return self.untold(node)
            children[key] = self.value(parts[1])
            places[key] = self.file.place(parts[0])
        return Located(dict(children), self.file.place(node), places)

    def object_key(self, node: Node) -> str | None:
        """A bare word is the key itself; None for one that is not known."""
        if len(node.children) == 1 and node.children[0].type == "variable_expr":
            return self.file.text(node)
        return scalar_text(self.value(node).value)

    def conditional(self, node: Node) -> Located:
        parts = [child for child in node.children if child.type == "expression"]
        if len(parts) != 3:
            return self.untold(node)
        condition = operators.truth(self.value(parts[0]))
        if condition is not None:
            return self.value(parts[1 if condition else 2])
        branches = [self.value(part) for part in parts[1:]]
        texts = [branch.value for branch in branches]
        if plain(branches[0]) == plain(branches[1]):
            return branches[0]
        if all(isinstance(text, str) for text in texts):
            assumption = supplied(self.written(node), _CONDITION)
            allowed = tuple(str(text) for text in texts)
            return unknown(replace(assumption, allowed=allowed), self.file.place(node))
        return self.untold(node, _CONDITION)

    def operation(self, node: Node) -> Located:
        """A unary or a binary operation."""
        nodes = [child for child in node.children if child.type not in _SKIPPED]
        position = next(
            (index for index, child in enumerate(nodes) if child.type in operators.ALL), None
        )
        if position is None:
            return self.untold(node)
        sides = [
            self.sequence(node, part) for part in (nodes[:position], nodes[position + 1 :]) if part
        ]
        result = operators.result(nodes[position].type, sides)
        return self.untold(node) if result is None else Located(result, self.file.place(node))

    def call(self, node: Node) -> Located:
        from policy_gate.extractors.terraform.hcl.functions import FUNCTIONS, Call

        name = self.file.text(node.children[0])
        function = FUNCTIONS.get(name)
        before = len(self.doubts)
        arguments = self.arguments(node)
        if function is None or arguments is None:
            return self.untold(node)
        values = [value for value, _ in arguments]
        doubtful = [is_doubtful for _, is_doubtful in arguments]
        result = function(Call(self, node, values, doubtful))
        if result is None:
            return self.untold(node)
        if name in ("can", "try"):
            del self.doubts[before:]
        return result

    def arguments(self, node: Node) -> list[Argument] | None:
        """The arguments of a call, None where it is not known how many there are."""
        found: list[Argument] = []
        for listed in node.children:
            if listed.type != "function_arguments":
                continue
            for child in listed.children:
                if child.type == "expression":
                    before = len(self.doubts)
                    value = self.value(child)
                    found.append((value, len(self.doubts) > before))
                elif child.type == "ellipsis" and found:
                    last, is_doubtful = found.pop()
                    if not isinstance(last.value, list):
                        return None
                    found += [(item, is_doubtful) for item in last.value]
        return found

    def template(self, node: Node) -> Located:
        from policy_gate.extractors.terraform.hcl.templates import template

        return template(self, node)


_NODES: dict[str, Callable[[Evaluator, Node], Located]] = {
    "bool_lit": Evaluator.literal,
    "null_lit": Evaluator.literal,
    "numeric_lit": Evaluator.literal,
    "string_lit": Evaluator.template,
    "quoted_template": Evaluator.template,
    "heredoc_template": Evaluator.template,
    "tuple": Evaluator.tuple,
    "object": Evaluator.object,
    "conditional": Evaluator.conditional,
    "unary_operation": Evaluator.operation,
    "binary_operation": Evaluator.operation,
    "function_call": Evaluator.call,
    "for_tuple_expr": for_tuple,
    "for_object_expr": for_object,
}
