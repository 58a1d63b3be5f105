"""A progress bar on a terminal, for a run that takes its time."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TextIO

from policy_gate.at_once import Progress

PATIENCE = 1.0
"""Seconds before there is anything to see."""

_WIDTH = 30


@contextmanager
def progress_bar(stream: TextIO) -> Iterator[Progress]:
    """Shows how far the run is, where the stream is a terminal; nothing of it is left at the end.

    Gives what is to be told the progress.
    """
    if not stream.isatty():
        yield no_progress
        return
    bar = _Bar(stream)
    try:
        yield bar.show
    finally:
        bar.clear()


def no_progress(done: int, total: int) -> None:
    """Shows nothing."""


class _Bar:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._since = monotonic()
        self._shown = ""

    def show(self, done: int, total: int) -> None:
        if monotonic() - self._since < PATIENCE:
            return
        filled = _WIDTH * done // max(total, 1)
        bar = "#" * filled + "-" * (_WIDTH - filled)
        text = f"[{bar}] {done} of {total} answers"[: shutil.get_terminal_size().columns - 1]
        if text != self._shown:
            # First, so that whoever interrupts the writing is left with nothing of it.
            self._shown = text
            self._write(f"\r{text}")

    def clear(self) -> None:
        if self._shown:
            self._write(f"\r{' ' * len(self._shown)}\r")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
