"""Work with an end, whatever the other side of a connection does."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import TypeVar

from policy_gate.fault import fault

T = TypeVar("T")


class OutOfTimeError(Exception):
    """The work was not done in time. It may still go on, and ends with the process."""


class WorkError(Exception):
    """The work met a fault of ours, which the message names without any text of others."""


def within(seconds: float, work: Callable[[], T]) -> T:
    """What the work gives. Raises OutOfTimeError and WorkError.

    A time limit of a socket does not bound an answer that comes byte by byte, so the work is in a
    thread that nobody waits for any longer.
    """
    given: list[T] = []
    faults: list[str] = []

    def run() -> None:
        try:
            given.append(work())
        except Exception as error:  # noqa: BLE001 - publishing must not end the run
            faults.append(fault(error))

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if faults:
        raise WorkError(faults[0])
    if not given:
        raise OutOfTimeError
    return given[0]
