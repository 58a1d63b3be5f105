"""What a `for` expression goes through, and what it makes.

Source: https://developer.hashicorp.com/terraform/language/expressions/for
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from policy_gate.extractors.terraform.hcl import operators
from policy_gate.extractors.terraform.values import Located, scalar_text

if TYPE_CHECKING:
    from tree_sitter import Node

    from policy_gate.extractors.terraform.hcl.evaluator import Evaluator


def for_tuple(evaluator: Evaluator, node: Node) -> Located:
    results = [child for child in node.children if child.type == "expression"]
    items: list[Located] = []
    for inner in _iterations(evaluator, node):
        if inner is None or len(results) != 1:
            return evaluator.untold(node)
        items.append(inner.value(results[0]))
    return Located(list(items), evaluator.file.place(node))


def for_object(evaluator: Evaluator, node: Node) -> Located:
    results = [child for child in node.children if child.type == "expression"]
    is_grouping = any(child.type == "ellipsis" for child in node.children)
    found: dict[str, Located] = {}
    for inner in _iterations(evaluator, node):
        if inner is None or len(results) != 2:
            return evaluator.untold(node)
        key = scalar_text(inner.value(results[0]).value)
        if key is None:
            return evaluator.untold(node)
        value = inner.value(results[1])
        if is_grouping:
            group = found.setdefault(key, Located([], value.place))
            if isinstance(group.value, list):
                group.value.append(value)
        else:
            found[key] = value
    return Located(dict(found), evaluator.file.place(node))


def _iterations(evaluator: Evaluator, node: Node) -> Iterator[Evaluator | None]:
    """The evaluator of each iteration; None where it is not known which there are."""
    intro = next((child for child in node.children if child.type == "for_intro"), node)
    names = [evaluator.file.text(child) for child in intro.children if child.type == "identifier"]
    over = [child for child in intro.children if child.type == "expression"]
    condition = next((child for child in node.children if child.type == "for_cond"), None)
    entries = entries_of(evaluator.value(over[0])) if over and names else None
    if entries is None:
        yield None
        return
    for key, value in entries:
        evaluator.budget.spend()
        inner = evaluator.within(
            dict(zip(names[-2:], (key, value)[-len(names[-2:]) :], strict=True))
        )
        holds = operators.truth(inner.value(condition.children[-1])) if condition else True
        if holds is None:
            yield None
            return
        if holds:
            yield inner


def entries_of(value: Located) -> list[tuple[Located, Located]] | None:
    """The keys and values that a collection is iterated with; None for what is none."""
    content = value.value
    if isinstance(content, dict):
        return [
            (Located(key, value.keys.get(key, child.place)), child)
            for key, child in sorted(content.items())
        ]
    if isinstance(content, list) and value.is_set:
        return [(item, item) for item in content]
    if isinstance(content, list):
        return [(Located(index, item.place), item) for index, item in enumerate(content)]
    return None
