"""Work that the gate no longer waits for, which would go on in the next test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import enumerate as threads


@contextmanager
def awaited() -> Iterator[None]:
    """Ends when the threads have ended that began inside."""
    before = set(threads())
    yield
    for thread in set(threads()) - before:
        thread.join(30)
