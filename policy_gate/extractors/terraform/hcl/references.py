"""What expressions refer to, as the configuration in a plan lists it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from policy_gate.extractors.terraform.addresses import reference_steps
from policy_gate.extractors.terraform.hcl.syntax import Expression, File

if TYPE_CHECKING:
    from tree_sitter import Node

_ALONE = frozenset({"count", "each", "path", "self", "terraform"})
_FOR = frozenset({"for_tuple_expr", "for_object_expr", "template_for"})
_INTROS = frozenset({"for_intro", "template_for_start"})


def heads_of(references: Iterable[str]) -> frozenset[str]:
    """What a plan's references lead to, as `aws_sqs_queue.q`, `data.aws_region.r` and `var.x`."""
    found = (reference_steps(reference) for reference in references)
    return frozenset(head for steps in found if steps and (head := _head(steps)))


def references_of(expression: Expression) -> frozenset[str]:
    """The same of an expression; names that it binds itself are none of them."""
    found = _references(expression.file, expression.node, frozenset())
    return frozenset(head for steps in found if (head := _head(steps)))


def _head(steps: tuple[str | int, ...]) -> str:
    """Empty for a reference that is shorter than its kind needs, as a part of a longer one."""
    first = str(steps[0])
    if first in _ALONE:
        return first
    length = 3 if first == "data" else 2
    return ".".join(map(str, steps[:length])) if len(steps) >= length else ""


def _references(file: File, start: Node, bound: frozenset[str]) -> Iterator[tuple[str | int, ...]]:
    """Walks without recursion: expressions nest as deep as they please."""
    waiting = [(start, bound)]
    while waiting:
        node, names = waiting.pop()
        if node.type in _FOR:
            names = names | _bound_by(file, node)
        for index, child in enumerate(node.children):
            if child.type == "variable_expr":
                is_key = (
                    node.type == "expression" and _is_object_key(node) and len(node.children) == 1
                )
                name = file.text(child)
                if name not in names and not is_key:
                    yield (name, *_names_after(file, node.children[index + 1 :]))
            else:
                waiting.append((child, names))


def _bound_by(file: File, node: Node) -> frozenset[str]:
    intros = (child for child in node.children if child.type in _INTROS)
    return frozenset(
        file.text(child)
        for intro in intros
        for child in intro.children
        if child.type == "identifier"
    )


def _names_after(file: File, nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        if node.type != "get_attr":
            return
        yield file.text(node.children[-1])


def _is_object_key(node: Node) -> bool:
    parent = node.parent
    return parent is not None and parent.type == "object_elem" and parent.children[0] == node
