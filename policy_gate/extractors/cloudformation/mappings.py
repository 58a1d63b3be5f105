"""Fn::FindInMap: exact where the keys are, else one of the values that the mapping holds.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-findinmap.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from policy_gate.extractors.cloudformation.resolved import (
    Resolved,
    UnresolvableError,
    parts_of,
    scalar_text,
)
from policy_gate.extractors.texts import join
from policy_gate.model import DeferredText
from policy_gate.syntax.node import Node

if TYPE_CHECKING:
    from policy_gate.extractors.cloudformation.evaluator import Evaluator


def find_in_map(evaluator: Evaluator, argument: Node, node: Node) -> Resolved | None:
    """The value, the default value, or an assumption of all values that the keys can reach.

    Raises UnresolvableError for a mapping or key that does not exist.
    """
    if not isinstance(argument.value, list) or len(argument.value) not in (3, 4):
        raise UnresolvableError("Fn::FindInMap takes a mapping name and two keys", node)
    keys = [_key(evaluator, item) for item in argument.value[:3]]
    default = _default_value(argument.value)
    reached = _reach(evaluator, keys, node)
    if None in keys and reached:
        return _one_of(evaluator, [*reached, default] if default else reached, keys, node)
    if reached:
        return evaluator.resolve(reached[0])
    if default is not None:
        return evaluator.resolve(default)
    path = ".".join(key or "?" for key in keys)
    raise UnresolvableError(f"the Mappings section has no entry {path!r}", node)


def _key(evaluator: Evaluator, node: Node) -> str | None:
    resolved = evaluator.resolve(node)
    if resolved is None:
        raise UnresolvableError("a mapping key is expected here", node)
    text = join(parts_of(resolved, node))
    return None if isinstance(text, DeferredText) else text


def _reach(evaluator: Evaluator, keys: list[str | None], node: Node) -> list[Node]:
    """The values under the keys; a key of None stands for every key."""
    level = [Node(evaluator.template.mappings, node.start, node.end)]
    for key in keys:
        if key is None:
            level = [child for parent in level for child in parent.entries.values()]
        else:
            level = [parent.entries[key] for parent in level if key in parent.entries]
        evaluator.template.budget.spend(len(level), node)
    return level


def _default_value(arguments: list[Node]) -> Node | None:
    return arguments[3].entries.get("DefaultValue") if len(arguments) == 4 else None


def _one_of(
    evaluator: Evaluator, reached: list[Node], keys: list[str | None], node: Node
) -> Resolved:
    """One of the entries; of lists, one of the items of any."""
    path = ".".join(key or "?" for key in keys)
    entries = [
        item
        for value in reached
        for item in (value.value if isinstance(value.value, list) else [value])
    ]
    texts = [scalar_text(entry.value) for entry in entries]
    return evaluator.one_of(
        node, texts, f"the entry {path} of the Mappings section is known at deployment"
    )
