"""Type constraints of variables: what they make of a value.

Source: https://developer.hashicorp.com/terraform/language/expressions/type-constraints
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from policy_gate.extractors.terraform.assumptions import UNTOLD, any_value
from policy_gate.extractors.terraform.hcl.budget import Budget
from policy_gate.extractors.terraform.hcl.evaluator import evaluate
from policy_gate.extractors.terraform.hcl.scope import Scope
from policy_gate.extractors.terraform.hcl.sets import as_set
from policy_gate.extractors.terraform.hcl.syntax import Expression, File
from policy_gate.extractors.terraform.values import Located, scalar_text

if TYPE_CHECKING:
    from tree_sitter import Node

_COLLECTIONS = frozenset({"list", "map", "set"})


def converted(
    value: Located,
    constraint: Expression,
    scope: Scope,
    budget: Budget,
    written: str = "a variable",
) -> Located:
    """The value with the optional attributes of its objects, and with its sets as sets.

    `written` is the expression that the value is of.
    """
    return _Constraint(constraint.file, scope, budget, written).converted(value, constraint.node)


class _Constraint:
    """A constraint in one file, whose defaults are evaluated in a scope."""

    def __init__(self, file: File, scope: Scope, budget: Budget, written: str) -> None:
        self.file = file
        self.written = written
        self.scope = scope
        self.budget = budget

    def converted(self, value: Located, node: Node) -> Located:
        node = _inner(node)
        content = value.value
        if node.type == "variable_expr":
            return self.scalar(value, self.file.text(node))
        if node.type != "function_call":
            return value
        name, arguments = self.file.text(node.children[0]), _arguments(node)
        if name in _COLLECTIONS and arguments:
            return self.collection(value, arguments[0], is_set=name == "set")
        if name == "object" and arguments and isinstance(content, dict):
            return self.object(value, content, arguments[0])
        if name == "optional" and arguments:
            return self.converted(value, arguments[0])
        return value

    def scalar(self, value: Located, kind: str) -> Located:
        content = value.value
        written = scalar_text(content)
        if written is None:
            return value
        if kind == "string" and not isinstance(content, str):
            return Located(written, value.place)
        if kind == "bool" and written in ("true", "false"):
            return Located(written == "true", value.place)
        if kind == "number" and isinstance(content, str):
            is_plain = re.fullmatch(r"-?(0|[1-9][0-9]{0,14})", content)
            if not is_plain:
                return any_value(self.written, UNTOLD, value.place)
            return Located(int(content), value.place)
        return value

    def collection(self, value: Located, node: Node, *, is_set: bool) -> Located:
        content = value.value
        if isinstance(content, list):
            items = [self.converted(item, node) for item in content]
            made = replace(value, value=list(items), is_set=is_set)
            found = as_set(made, self.budget) if is_set else made
            return any_value(self.written, UNTOLD, value.place) if found is None else found
        if isinstance(content, dict):
            children = {key: self.converted(child, node) for key, child in content.items()}
            return replace(value, value=dict(children))
        return value

    def object(self, value: Located, content: dict[str, Located], node: Node) -> Located:
        children: dict[str, Located] = {}
        for element in _elements(node):
            key, kind = (child for child in element.children if child.type == "expression")
            name = self.file.text(key).strip('"')
            given = content.get(name)
            if given is None or given.value is None:
                given = self.default(value, kind)
            children[name] = self.converted(given, kind)
        return replace(value, value=dict(children))

    def default(self, value: Located, kind: Node) -> Located:
        """What an optional attribute is that is not given."""
        kind = _inner(kind)
        arguments = _arguments(kind) if kind.type == "function_call" else []
        if len(arguments) < 2:
            return Located(None, value.place)
        return evaluate(Expression(self.file, arguments[1]), self.scope, self.budget)


def _inner(node: Node) -> Node:
    while node.type == "expression" and len(node.children) == 1:
        node = node.children[0]
    return node


def _arguments(node: Node) -> list[Node]:
    return [
        child
        for listed in node.children
        if listed.type == "function_arguments"
        for child in listed.children
        if child.type == "expression"
    ]


def _elements(node: Node) -> list[Node]:
    """The attributes of the object that a constraint names."""
    waiting, found = [node], []
    while waiting:
        item = waiting.pop()
        if item.type == "object_elem":
            parts = [child for child in item.children if child.type == "expression"]
            found += [item] if len(parts) == 2 else []
        elif item.type in ("expression", "collection_value", "object"):
            waiting += item.children
    return found
