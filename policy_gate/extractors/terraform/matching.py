"""Are the sources those that the plan was made from? The plan keeps what expressions refer to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from policy_gate.extractors.terraform.changes import ResourceChange
from policy_gate.extractors.terraform.hcl.references import heads_of, references_of
from policy_gate.extractors.terraform.hcl.syntax import Block, Expression

if TYPE_CHECKING:
    from policy_gate.extractors.terraform.scope import Evaluation


def agree(expression: Expression, expected: object) -> bool:
    """Does an expression refer to what the configuration in the plan says that it refers to?

    `expected` is what the plan keeps of the expression; what it does not keep agrees.
    """
    if not isinstance(expected, dict):
        return True
    references = expected.get("references")
    if not isinstance(references, list):
        return "constant_value" not in expected or not references_of(expression)
    return heads_of(map(str, references)) == references_of(expression)


def declared(evaluation: Evaluation, change: ResourceChange) -> Block | None:
    """The block of a resource; None where it does not refer to all that the plan says it does.

    The plan leaves dynamic blocks out, so that the sources may refer to more.
    """
    module = evaluation.module(change.module)
    block = module.block(change)
    configured = module.configuration.resource(change.mode, change.type, change.name) or {}
    if block is None:
        return None
    expected = heads_of(_listed(configured.get("expressions")))
    found = {head for item in _expressions(block) for head in references_of(item)}
    if expected <= found:
        return block
    evaluation.differing[change.address] = block.header
    return None


def _listed(expressions: object) -> Iterator[str]:
    """Every reference in the configuration of a resource."""
    waiting = [expressions]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += item
        elif isinstance(item, dict) and isinstance(item.get("references"), list):
            yield from map(str, item["references"])
        elif isinstance(item, dict) and "constant_value" not in item:
            waiting += item.values()


def _expressions(block: Block) -> Iterator[Expression]:
    yield from block.attributes.values()
    for nested in block.blocks:
        yield from _expressions(nested)
