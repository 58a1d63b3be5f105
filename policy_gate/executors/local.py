"""Processes of this machine, one for each core."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

R = TypeVar("R")


class LocalWorkers:
    """Starts its processes for the first work that is much, and keeps them for the next."""

    are_here = True

    def __init__(self) -> None:
        self.count = _cores()
        self._executor: Executor | None = None

    @property
    def lost(self) -> tuple[type[BaseException], ...]:
        from concurrent.futures.process import BrokenProcessPool

        return (BrokenProcessPool,)

    @property
    def executor(self) -> Executor:
        if self._executor is None:
            from concurrent.futures import ProcessPoolExecutor
            from multiprocessing import get_context

            self._executor = ProcessPoolExecutor(
                self.count, get_context("fork"), _follow_the_parent
            )
        return self._executor

    def take(self, *, is_much: bool) -> bool:
        # Elsewhere a new process begins by importing the main module, which may not expect it.
        return is_much and self.count > 1 and sys.platform == "linux"

    def result(self, future: Future[R]) -> R:
        return future.result()

    def renew(self) -> None:
        self.close()

    def close(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
            self._executor = None


def _follow_the_parent() -> None:
    """Leaves it to the parent what an interrupt means, and ends where that is killed."""
    from threading import Thread

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    from multiprocessing import parent_process

    if parent := parent_process():
        parent.join()
        os._exit(1)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
