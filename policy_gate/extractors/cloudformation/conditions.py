"""Outcomes of the Conditions section and of Fn::If in one world.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from policy_gate.extractors.cloudformation.resolved import UnresolvableError, scalar_text
from policy_gate.extractors.cloudformation.worlds import UndecidedError
from policy_gate.model import AssumptionKind
from policy_gate.syntax.node import Node

if TYPE_CHECKING:
    from policy_gate.extractors.cloudformation.evaluator import Evaluator


class Conditions:
    """Evaluates conditions with the values of one evaluator's world."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.known: dict[str, bool] = {}
        self.in_progress: list[str] = []

    def holds(self, name: str, node: Node) -> bool:
        """The outcome of a named condition; `node` is where it is asked for.

        Raises UndecidedError where the world leaves it open, UnresolvableError where the condition
        does not exist, is malformed, or refers to itself.
        """
        if name in self.known:
            return self.known[name]
        declared = self.evaluator.template.conditions.get(name)
        if declared is None:
            return self.made_later(name, node)
        if name in self.in_progress:
            cycle = " → ".join([*self.in_progress, name])
            raise UnresolvableError(f"the condition refers to itself: {cycle}", declared)
        self.in_progress.append(name)
        try:
            outcome = self.outcome(declared)
        finally:
            self.in_progress.pop()
        self.known[name] = outcome
        return outcome

    def made_later(self, name: str, node: Node) -> bool:
        """The outcome of a condition that only deployment has, of which nothing is known.

        Raises UnresolvableError where nothing but the template has conditions.
        """
        if not self.evaluator.template.is_expanded_later:
            raise UnresolvableError(f"there is no condition {name!r}", node)
        subject = f"condition {name}"
        world = self.evaluator.world
        if subject in world.outcomes:
            return world.outcomes[subject]
        raise UndecidedError(
            *(
                world.with_outcome(subject, outcome, frozenset(), _label(subject, outcome))
                for outcome in (True, False)
            )
        )

    def outcome(self, node: Node) -> bool:
        """The outcome of a condition function."""
        function, argument = _single_entry(node)
        with self.evaluator.nested(node):
            if function == "Condition" and isinstance(argument.value, str):
                return self.holds(argument.value, argument)
            handler = _FUNCTIONS.get(function)
            if handler is None or not isinstance(argument.value, list) or not argument.value:
                raise UnresolvableError("a condition function is expected here", node)
            return handler(self, argument.value, node)

    def all_of(self, operands: list[Node], _node: Node) -> bool:
        return all(self.outcome(operand) for operand in operands)

    def any_of(self, operands: list[Node], _node: Node) -> bool:
        return any(self.outcome(operand) for operand in operands)

    def negation(self, operands: list[Node], node: Node) -> bool:
        if len(operands) != 1:
            raise UnresolvableError("Fn::Not takes one condition", node)
        return not self.outcome(operands[0])

    def equality(self, operands: list[Node], node: Node) -> bool:
        if len(operands) != 2:
            raise UnresolvableError("Fn::Equals takes two values", node)
        for one, other in (operands, operands[::-1]):
            name = self.evaluator.scalar_parameter(one)
            literal = _literal(other)
            if name is not None and literal is not None:
                if self.evaluator.parameters.trust_defaults:
                    self.evaluator.parameter(name, one)
                return self.evaluator.parameters.equals(name, literal, self.evaluator.world)
        return self.comparison(operands[0], operands[1], node)

    def comparison(self, one: Node, other: Node, node: Node) -> bool:
        """A comparison that is about more than one parameter and a literal."""
        evaluator = self.evaluator
        with evaluator.recording() as assumed:
            left, right = evaluator.resolve(one), evaluator.resolve(other)
        texts = [None if side is None else scalar_text(side.value) for side in (left, right)]
        known = None not in texts
        outcome = texts[0] == texts[1]
        if known and (not assumed or evaluator.parameters.trust_defaults):
            return outcome
        key = evaluator.written_in_full(node)
        decided = evaluator.world.outcomes.get(key)
        if decided is not None:
            return decided
        subject = f"condition {self.in_progress[-1]}" if self.in_progress else "the condition"
        defaults = frozenset(
            item.expression[2:-1]
            for item in assumed.values()
            if item.kind is AssumptionKind.DEFAULT
        )
        first, second = (outcome, not outcome) if known else (True, False)
        world = evaluator.world
        raise UndecidedError(
            world.with_outcome(key, first, frozenset(), None)
            if known
            else world.with_outcome(key, first, defaults, _label(subject, first)),
            world.with_outcome(key, second, defaults, _label(subject, second)),
        )


def _label(subject: str, outcome: bool) -> str:
    return f"{subject} is {'true' if outcome else 'false'}"


def _single_entry(node: Node) -> tuple[str, Node]:
    if not isinstance(node.value, dict) or len(node.value) != 1:
        raise UnresolvableError("a condition function is expected here", node)
    return next(iter(node.value.items()))


def _literal(node: Node) -> str | None:
    return None if isinstance(node.value, list | dict) else scalar_text(node.value)


_FUNCTIONS: dict[str, Callable[[Conditions, list[Node], Node], bool]] = {
    "Fn::And": Conditions.all_of,
    "Fn::Or": Conditions.any_of,
    "Fn::Not": Conditions.negation,
    "Fn::Equals": Conditions.equality,
}
