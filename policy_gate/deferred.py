"""What a deferred text can become."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

from policy_gate.model import Assumption

MAX_COMBINATIONS = 256
"""Combinations of values that are told one by one."""


def combinations(parts: Sequence[str | Assumption]) -> Iterator[tuple[str | None, ...]]:
    """The texts that the parts can have together; None is any text.

    Beyond MAX_COMBINATIONS each part that can have several texts has any.
    """
    choices: list[tuple[str | None, ...]] = [
        (part,) if isinstance(part, str) else part.allowed or (None,) for part in parts
    ]
    if math.prod(map(len, choices)) > MAX_COMBINATIONS:
        choices = [choice if len(choice) == 1 else (None,) for choice in choices]
    return itertools.product(*choices)
