"""What the sources state for an attribute of a resource, where they are those of the plan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from policy_gate.extractors.terraform.changes import AttributePath, ResourceChange, value_at
from policy_gate.extractors.terraform.hcl.blocks import expanded_blocks, position_of
from policy_gate.extractors.terraform.hcl.budget import Budget
from policy_gate.extractors.terraform.hcl.evaluator import evaluate
from policy_gate.extractors.terraform.hcl.scope import Scope
from policy_gate.extractors.terraform.hcl.syntax import Block
from policy_gate.extractors.terraform.matching import agree
from policy_gate.extractors.terraform.scope import Evaluation
from policy_gate.extractors.terraform.values import Located, Place


class Stated(NamedTuple):
    """An attribute in the sources."""

    value: Located | None
    """None where the sources are not those that the plan was made from."""

    place: Place


def stated(evaluation: Evaluation, change: ResourceChange, path: AttributePath) -> Stated | None:
    """None where the sources do not have the attribute, or are not at hand."""
    module = evaluation.module(change.module)
    block = module.block(change)
    if block is None:
        return None
    resource = module.configuration.resource(change.mode, change.type, change.name) or {}
    scope = evaluation.instance(change)
    nesting = _Nesting(block, scope, resource.get("expressions"), change.after)
    return _in_block(evaluation.budget, nesting, path)


class _Nesting(NamedTuple):
    """A block on the way to an attribute."""

    block: Block
    scope: Scope
    configured: object
    """What the plan keeps of the block's expressions."""

    planned: object
    """What the plan has for the block."""


def _in_block(budget: Budget, nesting: _Nesting, path: AttributePath) -> Stated | None:
    name, *rest = path
    block, scope, configured, planned = nesting
    if (expression := block.attributes.get(str(name))) is not None:
        if not agree(expression, value_at(configured, (name,))):
            return Stated(None, expression.place)
        return Stated(*_below(evaluate(expression, scope, budget), rest, expression.place))
    if len(rest) < 2 or not isinstance(rest[0], int):
        return None
    index, listed = rest[0], value_at(planned, (name,))
    count = len(listed) if isinstance(listed, list) else index + 1
    blocks = expanded_blocks(block, str(name), scope, budget, count)
    entry = value_at(listed, (index,))
    position = position_of(entry if isinstance(entry, dict) else {}, blocks, budget)
    found = None if position is None else blocks[position]
    if found is None or position is None:
        return Stated(None, block.header)
    # The plan's configuration leaves dynamic blocks out.
    below = value_at(configured, (name,))
    is_complete = isinstance(below, list) and len(below) == count
    inner = _Nesting(*found, value_at(below, (position,)) if is_complete else None, entry)
    return _in_block(budget, inner, tuple(rest[1:]))


def _below(value: Located, path: Iterable[str | int], place: Place) -> tuple[Located, Place]:
    """The value at the path inside of a value; the nearest around it gives the place."""
    for step in path:
        content = value.value
        if isinstance(content, dict) and str(step) in content:
            value = content[str(step)]
        elif isinstance(content, list) and isinstance(step, int) and step < len(content):
            value = content[step]
        else:
            return value, place
        place = value.place
    return value, place
