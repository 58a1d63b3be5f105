"""The workers of a Dask cluster: other machines, with this policy-gate and files of their own.

What they need travels to them, and their answers are believed: whoever runs the cluster decides.
Certificates (`tls://`) are for Dask's own configuration.
Source: https://distributed.dask.org/en/stable/tls.html
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, wait
from functools import partial
from threading import Thread
from time import monotonic
from typing import Any, ParamSpec, TypeVar

from policy_gate.executors.interface import ExecutorError
from policy_gate.versions import difference, versions

P = ParamSpec("P")
R = TypeVar("R")

CONNECT = 30.0
"""Seconds until the scheduler answers, and has a worker."""

PATIENCE = 60.0
"""Seconds without any worker after which none is expected any more."""

_TICK = 2.0
"""Seconds between two looks at the cluster."""

_EXTRA = "--executor dask needs the package distributed: pip install 'policy-gate[dask]'"


class _OtherProgramError(Exception):
    """A worker is not the same program."""


class DaskWorkers:
    """A connection to a cluster. Raises ExecutorError where there is none that can work."""

    are_here = False

    def __init__(self, address: str, patience: float = PATIENCE) -> None:
        self._address = address
        self._patience = patience
        self._versions = versions()
        self._client = _connected(address)
        try:
            self.count = self._welcomed()
        except BaseException:
            self.close()
            raise
        self._seen = monotonic()
        """When there was a worker last."""

    @property
    def lost(self) -> tuple[type[BaseException], ...]:
        from distributed import KilledWorker

        return (KilledWorker,)

    @property
    def executor(self) -> Executor:
        return _SameProgram(self._client.get_executor(pure=False), self._versions)

    def take(self, *, is_much: bool) -> bool:
        # That it is worth the way has been decided by who named the cluster.
        del is_much
        return True

    def result(self, future: Future[R]) -> R:
        try:
            while not wait([future], _TICK).done:
                self._look()
            return future.result()
        except Exception as error:
            if isinstance(error, (ExecutorError, *self.lost)):
                raise
            raise ExecutorError(self._explained(error)) from error

    def _explained(self, error: Exception) -> str:
        if isinstance(error, _OtherProgramError):
            return f"a worker of {self._address} {error}"
        # CancelledError is what becomes of work when the scheduler has gone.
        return (
            f"the work on the cluster {self._address} came to nothing ({_told(error)}):"
            " is the scheduler still running? Run the gate again"
        )

    def renew(self) -> None:
        """The scheduler has others do the work of a worker that died."""

    def close(self) -> None:
        self._client.close(timeout=1)

    def _welcomed(self) -> int:
        """How many threads the workers have; all of them must be the same program."""
        try:
            self._client.wait_for_workers(1, timeout=CONNECT)
            ask = partial(self._client.run, versions, on_error="return")
            answers: Mapping[str, Any] = _within(CONNECT, ask)
            threads = sum(self._threads().values())
        except Exception as error:
            message = f"the scheduler {self._address} has no worker that answers ({_told(error)})"
            raise ExecutorError(f"{message}: start some with `dask worker`") from error
        for worker, answer in sorted(answers.items()):
            if not isinstance(answer, dict):
                reason = f"cannot run policy-gate ({_told(answer)}): install the version of here"
                raise ExecutorError(f"the worker {worker} of {self._address} {reason}")
            if answer != self._versions:
                reason = _is_other(self._versions, answer)
                raise ExecutorError(f"the worker {worker} of {self._address} {reason}")
        return max(1, threads)

    def _threads(self) -> Mapping[str, int]:
        threads: Mapping[str, int] = self._client.sync(
            self._client.scheduler.ncores, callback_timeout=CONNECT
        )
        return threads

    def _look(self) -> None:
        """Raises where there has been no worker for long; work would wait for one without end."""
        if self._threads():
            self._seen = monotonic()
        elif monotonic() - self._seen > self._patience:
            raise ExecutorError(
                f"the cluster {self._address} has had no worker for {self._patience:g} seconds:"
                " start workers with `dask worker`, and run the gate again"
            )


class _SameProgram(Executor):
    """An executor whose workers first look whether they are the same program as this one."""

    def __init__(self, executor: Executor, expected: dict[str, str]) -> None:
        self._executor = executor
        self._expected = expected

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        work = partial(fn, *args, **kwargs)
        return self._executor.submit(_as_same_program, self._expected, work)


def _as_same_program(expected: dict[str, str], work: Callable[[], R]) -> R:
    if (found := versions()) != expected:
        raise _OtherProgramError(_is_other(expected, found))
    return work()


def _is_other(here: dict[str, str], there: dict[str, str]) -> str:
    return f"is not the policy-gate of here ({difference(here, there)}): install the same there"


def _connected(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise ExecutorError(_EXTRA) from error
    # What it logs concerns those who run the cluster.
    logging.getLogger("distributed").setLevel(logging.CRITICAL + 1)
    try:
        connect = partial(Client, address, timeout=CONNECT, set_as_default=False)
        # Its own timeout ends where something takes the connection, and says nothing.
        return _within(CONNECT + 1, connect)
    except Exception as error:
        raise ExecutorError(
            f"there is no Dask scheduler at {address} ({_told(error)}): start one with"
            " `dask scheduler`, and look at --scheduler"
        ) from error


def _within(seconds: float, call: Callable[[], R]) -> R:
    """What a call gives. Raises TimeoutError where it takes longer; then it ends with the process.

    Raises what the call raises.
    """
    done: Future[R] = Future()

    def run() -> None:
        try:
            done.set_result(call())
        except BaseException as error:  # noqa: BLE001 - it is raised by who waits
            done.set_exception(error)

    Thread(target=run, daemon=True).start()
    try:
        return done.result(seconds)
    except TimeoutError:
        if done.done():
            raise
        raise TimeoutError(f"no answer in {seconds:g} seconds") from None


def _told(error: object) -> str:
    """The name of an error, and the beginning of what it says."""
    lines = str(error).strip().splitlines()
    return ": ".join((type(error).__name__, lines[0][:200])) if lines else type(error).__name__
