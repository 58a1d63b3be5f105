"""What evaluating expressions may take."""

from __future__ import annotations

MAX_STEPS = 10_000_000
"""Steps for all expressions of one plan."""

MAX_STEPS_OF_ONE = 200_000
"""Steps for one expression and those that it refers to."""


class TooManyStepsError(Exception):
    """The expression takes more than it may."""


class Budget:
    """What the expressions of one plan may still take."""

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.left = steps
        self.left_of_one = MAX_STEPS_OF_ONE
        self.is_running = False

    def spend(self, steps: int = 1) -> None:
        """Raises TooManyStepsError once nothing is left."""
        self.left -= steps
        self.left_of_one -= steps
        if self.left < 0 or self.left_of_one < 0:
            raise TooManyStepsError
