"""What workers are: those behind an executor of the standard library (`concurrent.futures`).

Adding a kind means one module with this interface and one line in `registry.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

R = TypeVar("R")


class ExecutorError(Exception):
    """The workers cannot begin, or cannot go on: the message says why, and what to do."""


class Workers(Protocol):
    """Work goes to them as a function and its arguments, pickled, and may be done again.

    So a function is one of a module, gives the same for the same arguments, and does not raise.
    """

    @property
    def are_here(self) -> bool:
        """Are they on this machine: do they have its files, may they see what must not leave it?"""
        ...

    @property
    def count(self) -> int:
        """How many there are, or how many pieces of work they take at a time."""
        ...

    @property
    def lost(self) -> tuple[type[BaseException], ...]:
        """What `result` raises where the worker died, and died again where that is tried."""
        ...

    @property
    def executor(self) -> Executor:
        """The executor as it is now: `renew` may make another. Raises ExecutorError."""
        ...

    def take(self, *, is_much: bool) -> bool:
        """Is it work for them, or does this process do it as well?"""
        ...

    def result(self, future: Future[R]) -> R:
        """Waits for a result. Raises one of `lost`, and ExecutorError where none will come."""
        ...

    def renew(self) -> None:
        """Makes the executor fit for work after a worker died."""
        ...

    def close(self) -> None:
        """Gives up what is still being done, and the workers."""
        ...
