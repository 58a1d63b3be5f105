"""What a deferred text can become."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from policy_gate.model import Assumption

MAX_ALTERNATIVES = 256


def alternatives(parts: Sequence[str | Assumption], otherwise: str = "*") -> list[str]:
    """Every text that the parts make, where the values are known and few.

    A part that can be any value is `otherwise`; with more than MAX_ALTERNATIVES texts, so is each
    part that can be several.
    """
    choices: list[tuple[str, ...]] = [
        (part,) if isinstance(part, str) else part.allowed or (otherwise,) for part in parts
    ]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > MAX_ALTERNATIVES:
        choices = [choice if len(choice) == 1 else (otherwise,) for choice in choices]
    return ["".join(choice) for choice in itertools.product(*choices)]
