"""Work on many items at once, with results in order, whatever happens to a worker."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from policy_gate.executors.interface import Workers

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")
R = TypeVar("R")

_CHUNKS_A_WORKER = 8
"""Pieces of work for each worker: few enough to be cheap, enough to keep all busy to the end."""

_MAX_CHUNK = 16
"""Items of a piece: what is under way is in memory."""

_AHEAD = 3
"""Pieces for each worker that are under way or wait."""


def chosen(workers: Workers | None, *, is_much: bool) -> Workers | None:
    """The workers, for work that is worth them; None where this process does it as well."""
    return workers if workers is not None and workers.take(is_much=is_much) else None


def in_order(
    work: Callable[[T], R],
    items: Iterable[T],
    count: int,
    died: Callable[[T], R],
    workers: Workers | None,
) -> Iterator[R]:
    """What `work` gives for each of the `count` items, which are asked for as they are needed.

    Without workers this process does it. Where one of them dies, what it worked on is done again,
    each item alone; `died` gives the result for an item whose worker dies once more. Raises
    ExecutorError where the workers cannot go on.
    """
    if workers is None or count < 2:
        yield from map(work, items)
        return
    size = max(1, min(count // (workers.count * _CHUNKS_A_WORKER), _MAX_CHUNK))
    pieces: deque[tuple[list[T], Future[list[R]]]] = deque()
    try:
        for chunk in _chunks(iter(items), size):
            pieces.append((chunk, _submitted(work, chunk, workers)))
            if len(pieces) >= workers.count * _AHEAD:
                yield from _first(pieces, work, died, workers)
        while pieces:
            yield from _first(pieces, work, died, workers)
    finally:
        for _, future in pieces:
            future.cancel()


def _chunks(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while chunk := list(islice(items, size)):
        yield chunk


def _submitted(work: Callable[[T], R], chunk: Sequence[T], workers: Workers) -> Future[list[R]]:
    from concurrent.futures import Future

    try:
        return workers.executor.submit(_work_on, work, chunk)
    except workers.lost as error:
        failed: Future[list[R]] = Future()
        failed.set_exception(error)
        return failed


def _work_on(work: Callable[[T], R], chunk: Sequence[T]) -> list[R]:
    return [work(item) for item in chunk]


def _first(
    pieces: deque[tuple[list[T], Future[list[R]]]],
    work: Callable[[T], R],
    died: Callable[[T], R],
    workers: Workers,
) -> Iterator[R]:
    """The results of the first piece; of all of them, where a worker died.

    Nothing else may be under way while items are tried alone: an item must not die of another.
    """
    chunk, future = pieces.popleft()
    try:
        yield from workers.result(future)
    except workers.lost:
        others = list(pieces)
        pieces.clear()
        settled = [_settled(future, workers) for _, future in others]
        workers.renew()
        yield from (_alone(work, item, died, workers) for item in chunk)
        for (other, _), results in zip(others, settled, strict=True):
            yield from results or (_alone(work, item, died, workers) for item in other)


def _settled(future: Future[list[R]], workers: Workers) -> list[R] | None:
    """What a piece gave; None where its worker died."""
    try:
        return workers.result(future)
    except workers.lost:
        return None


def _alone(work: Callable[[T], R], item: T, died: Callable[[T], R], workers: Workers) -> R:
    try:
        return workers.result(_submitted(work, [item], workers))[0]
    except workers.lost:
        workers.renew()
        return died(item)
