"""Work on many files at once, on as many cores as there are, with results in order."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

T = TypeVar("T")
R = TypeVar("R")

_CHUNKS_A_WORKER = 8
"""Pieces of work for each process: few enough to be cheap, enough to keep all busy to the end."""


def in_order(
    work: Callable[[T], R], items: Sequence[T], died: Callable[[T], R], *, is_much: bool
) -> Iterator[R]:
    """What `work` gives for each item; in several processes where the work is much.

    Where a process dies, what it worked on is tried again, each item alone; `died` gives the
    result for an item that ends its process again.
    """
    workers = min(_cores(), len(items)) if is_much else 1
    # Elsewhere a new process begins by importing the main module, which may not expect it.
    if workers < 2 or sys.platform != "linux":
        yield from map(work, items)
        return
    size = max(1, len(items) // (workers * _CHUNKS_A_WORKER))
    chunks = [items[start : start + size] for start in range(0, len(items), size)]
    with _pool(workers) as pool:
        futures = [pool.submit(_work_on, work, chunk) for chunk in chunks]
        try:
            for chunk, future in zip(chunks, futures, strict=True):
                yield from _result(future) or [_alone(work, item, died) for item in chunk]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _work_on(work: Callable[[T], R], chunk: Sequence[T]) -> list[R]:
    return [work(item) for item in chunk]


def _result(future: Future[list[R]]) -> list[R] | None:
    """What a process gave, None where it died."""
    from concurrent.futures.process import BrokenProcessPool

    try:
        return future.result()
    except BrokenProcessPool:
        return None


def _alone(work: Callable[[T], R], item: T, died: Callable[[T], R]) -> R:
    with _pool(1) as pool:
        result = _result(pool.submit(_work_on, work, [item]))
    return result[0] if result else died(item)


def _pool(workers: int) -> ProcessPoolExecutor:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    return ProcessPoolExecutor(workers, get_context("fork"), _leave_interrupts_to_the_parent)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
