"""The functions whose arguments are names or texts with variables, in the scope of a loop."""

from __future__ import annotations

from collections.abc import Callable

from policy_gate.extractors.cloudformation.foreach_scope import Scope
from policy_gate.syntax.node import Node

Substitute = Callable[[Node, bool], Node]
"""A node in the scope: as a value, or (true) as the name of something."""


def call(node: Node, scope: Scope, names: bool, substitute: Substitute) -> Node | None:
    """The call of such a function, or None for anything else."""
    if len(node.entries) != 1:
        return None
    function, argument = next(iter(node.entries.items()))
    if function == "Ref":
        return _ref(node, argument, scope, names, substitute)
    if function == "Fn::Sub":
        return _sub(node, argument, scope, names, substitute)
    if function == "Fn::GetAtt" and isinstance(argument.value, str):
        return _with(node, substitute(argument, True), scope)
    if function in ("Fn::GetAtt", "Fn::If") and isinstance(argument.value, list):
        items = [substitute(item, names or not i) for i, item in enumerate(argument.value)]
        return _with(node, scope.listed(argument, items), scope)
    return None


def _ref(node: Node, argument: Node, scope: Scope, names: bool, substitute: Substitute) -> Node:
    name = argument.value
    if isinstance(name, str) and name in scope.items:
        return scope.named(node, f"${{{name}}}") if names else scope.referred(name, node)
    return _with(node, substitute(argument, True), scope)


def _sub(
    node: Node, argument: Node, scope: Scope, names: bool, substitute: Substitute
) -> Node | None:
    text, mapping = argument, None
    if isinstance(argument.value, list) and len(argument.value) == 2:
        text, mapping = argument.value
    if not isinstance(text.value, str):
        return None
    given = mapping and substitute(mapping, names)
    variables: dict[str, Node] = {}
    if names:
        written = scope.named(text, text.value)
        if given is None and isinstance(written.value, str) and "${" not in written.value:
            return written
    else:
        written, variables = scope.sub(text, text.value)
    if variables:
        place = given or text
        given = scope.instance({**place.entries, **variables}, place, place.keys)
    if given is not None:
        written = scope.listed(argument, [written, given])
    return _with(node, written, scope)


def _with(node: Node, argument: Node, scope: Scope) -> Node:
    """The call with another argument."""
    function, known = next(iter(node.entries.items()))
    return node if argument is known else scope.instance({function: argument}, node, node.keys)
