"""How much work a question may cost before the answer is that it is undecided."""

from __future__ import annotations

QUESTION_STEPS = 4_000_000
"""Steps of one check; a step is about half a microsecond to a microsecond of work."""

SEARCH_STATES = 20_000
"""States of one search for a text."""


class UndecidedError(Exception):
    """A question that the procedure leaves open; the message says why."""


class BudgetExceededError(UndecidedError):
    """A limit was met; the message says which."""


class Budget:
    """The steps that are left to one check."""

    __slots__ = ("_left", "_limit")

    def __init__(self, steps: int = QUESTION_STEPS) -> None:
        self._limit = self._left = steps

    def spend(self, steps: int) -> None:
        """Take `steps` from what is left; raises BudgetExceededError where that is too little."""
        self._left -= steps
        if self._left < 0:
            raise BudgetExceededError(f"the limit of {self._limit:,} steps was reached")
