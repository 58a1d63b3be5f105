"""Lists as sets: each item once, in the order in which Terraform iterates them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from policy_gate.extractors.terraform.values import Located, plain
from policy_gate.model import DeferredText

if TYPE_CHECKING:
    from policy_gate.extractors.terraform.hcl.budget import Budget

MAX_ITEMS = 10_000
"""Items of one list that a function makes."""


def as_set(value: Located, budget: Budget) -> Located | None:
    """None for what can't be told to be a set."""
    made = unique(value, budget)
    if made is None or not isinstance(made.value, list):
        return None
    items = made.value
    if all(isinstance(item.value, str) for item in items):
        items = sorted(items, key=lambda item: str(item.value))
    elif not any(isinstance(item.value, DeferredText | list | dict) for item in items):
        items = sorted(items, key=_order)
    return replace(made, value=items, is_set=True)


def unique(value: Located, budget: Budget) -> Located | None:
    """The items that differ. A deferred one is kept: it may differ from each other."""
    content = value.value
    if not isinstance(content, list) or len(content) > MAX_ITEMS or is_mixed(content):
        return None
    kept: dict[str, Located] = {}
    for item in content:
        budget.spend()
        kept.setdefault(repr(plain(item)), item)
    return Located(list(kept.values()), value.place)


def is_mixed(items: Sequence[Located]) -> bool:
    """Are there texts among numbers and truth values? Terraform makes all of them texts."""
    kinds = {isinstance(item.value, str | DeferredText) for item in items if item.value is not None}
    return len(kinds) > 1 and any(isinstance(item.value, bool | int | float) for item in items)


def _order(item: Located) -> tuple[bool, float]:
    """Where a number or a truth value stands: null comes last."""
    value = item.value
    return (False, float(value)) if isinstance(value, int | float) else (True, 0)
