"""The kinds of workers by name. Each is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policy_gate.executors.interface import Workers


@contextmanager
def workers_of(name: str, scheduler: str = "") -> Iterator[Workers]:
    """The workers, for as long as they are needed. Raises ExecutorError, KeyError for a name."""
    workers = _MAKERS[name](scheduler)
    try:
        yield workers
    finally:
        workers.close()


def _local(_scheduler: str) -> Workers:
    from policy_gate.executors.local import LocalWorkers

    return LocalWorkers()


def _dask(scheduler: str) -> Workers:
    from policy_gate.executors.dask_cluster import DaskWorkers

    return DaskWorkers(scheduler)


_MAKERS = {"local": _local, "dask": _dask}

EXECUTORS = tuple(_MAKERS)
"""What `--executor` takes."""
