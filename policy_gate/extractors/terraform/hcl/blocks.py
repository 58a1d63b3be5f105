"""Blocks inside blocks, with those that `dynamic` makes.

Source: https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from policy_gate.extractors.terraform.assumptions import any_value
from policy_gate.extractors.terraform.hcl.budget import Budget
from policy_gate.extractors.terraform.hcl.evaluator import Bound, evaluate
from policy_gate.extractors.terraform.hcl.iteration import entries_of
from policy_gate.extractors.terraform.hcl.scope import Scope
from policy_gate.extractors.terraform.hcl.syntax import Block
from policy_gate.extractors.terraform.values import Located, scalar_text
from policy_gate.model import DeferredText

BlockInScope: TypeAlias = tuple[Block, Scope]

MAX_BLOCKS = 10_000
"""Blocks that one `dynamic` block makes."""


def expanded_blocks(
    block: Block, kind: str, scope: Scope, budget: Budget, count: int
) -> list[BlockInScope | None]:
    """As many blocks of one type as the plan has, in order; None where it can't be told which.

    A dynamic block of which it is not known how often it is repeated has what is left.
    """
    runs = list(_runs(block, kind, scope, budget))
    open_runs = [run for run in runs if isinstance(run, Block)]
    known = sum(len(run) for run in runs if not isinstance(run, Block))
    if len(open_runs) > 1 or known > count or (known < count and not open_runs):
        return [None] * count
    found: list[BlockInScope | None] = []
    for run in runs:
        if isinstance(run, Block):
            found += [_repeated(run, kind, scope)] * (count - known)
        else:
            found += run
    return found


def position_of(
    planned: Mapping[str, object], blocks: Sequence[BlockInScope | None], budget: Budget
) -> int | None:
    """Which of the blocks is one of the plan, told by the values that both have.

    Many blocks are sets, which a plan has in an order of its own. None where several blocks, or
    none, may be the one.
    """
    if len(blocks) == 1:
        return 0 if blocks[0] is not None else None
    known = {name: text for name, value in planned.items() if (text := scalar_text(value))}
    fitting = [
        index
        for index, item in enumerate(blocks)
        if item is None or all(_may_have(item, *entry, budget) for entry in known.items())
    ]
    return fitting[0] if len(fitting) == 1 and blocks[fitting[0]] is not None else None


def _may_have(item: BlockInScope, name: str, text: str, budget: Budget) -> bool:
    """Can an attribute of the block have this value?"""
    block, scope = item
    if name not in block.attributes:
        return True
    written = evaluate(block.attributes[name], scope, budget).value
    return isinstance(written, DeferredText) or scalar_text(written) == text


class Declared(NamedTuple):
    """A block inside another, as the sources have it."""

    block: Block
    scope: Scope
    is_repeated: bool = False
    """Does it stand for any number of blocks?"""


def declared_blocks(block: Block, kind: str, scope: Scope, budget: Budget) -> list[Declared] | None:
    """The blocks of one type without a plan that counts them; None for a broken dynamic block."""
    found: list[Declared] = []
    for run in _runs(block, kind, scope, budget):
        if not isinstance(run, Block):
            found += [Declared(*item) for item in run]
        elif (repeated := _repeated(run, kind, scope)) is not None:
            found.append(Declared(*repeated, is_repeated=True))
        else:
            return None
    return found


def _runs(
    block: Block, kind: str, scope: Scope, budget: Budget
) -> Iterator[list[BlockInScope] | Block]:
    """The blocks that each block makes; a dynamic one of which that is not known is itself."""
    for nested in block.blocks:
        if nested.type == kind:
            yield [(nested, scope)]
        elif nested.type == "dynamic" and nested.labels == (kind,):
            yield _run(nested, kind, scope, budget)


def _run(dynamic: Block, kind: str, scope: Scope, budget: Budget) -> list[BlockInScope] | Block:
    """The blocks that a dynamic one makes, or itself where it is not known how many there are."""
    content, name = _content(dynamic), _iterator(dynamic, kind)
    over = dynamic.attributes.get("for_each")
    entries = entries_of(evaluate(over, scope, budget)) if over else None
    if content is None or entries is None or len(entries) > MAX_BLOCKS:
        return dynamic
    return [
        (content, Bound(scope, {name: Located({"key": key, "value": value}, value.place)}))
        for key, value in entries
    ]


def _repeated(dynamic: Block, kind: str, scope: Scope) -> BlockInScope | None:
    content, name = _content(dynamic), _iterator(dynamic, kind)
    if content is None:
        return None
    why = "what its dynamic block iterates is known after apply"
    item = {part: any_value(f"{name}.{part}", why, dynamic.header) for part in ("key", "value")}
    return content, Bound(scope, {name: Located(dict(item), dynamic.header)})


def _content(dynamic: Block) -> Block | None:
    return next((block for block in dynamic.blocks if block.type == "content"), None)


def _iterator(dynamic: Block, kind: str) -> str:
    written = dynamic.attributes.get("iterator")
    return written.text if written else kind
