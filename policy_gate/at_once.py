"""Many slow questions at a time, in threads, with one deadline for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import TypeVar

from policy_gate.analyzers.interface import Pace

Q = TypeVar("Q")
A = TypeVar("A")

Progress = Callable[[int, int], None]
"""Told, now and then, how many of how many questions have an answer."""

_TICK = 0.25
"""Seconds between two reports of progress where nothing else happens."""


def answers_of(
    questions: Sequence[Q],
    ask: Callable[[Q], A],
    give_up: Callable[[Q], A],
    pace: Pace,
    progress: Progress,
) -> list[A]:
    """The answers in the order of the questions, whatever order they come in.

    `ask` must not raise. After the deadline of the pace, `give_up` answers in its place; what is
    still being asked then, or when the user interrupts, ends with the process.
    """
    waiting: SimpleQueue[int] = SimpleQueue()
    answered: SimpleQueue[tuple[int, A]] = SimpleQueue()
    for number in range(len(questions)):
        waiting.put(number)

    def work() -> None:
        with suppress(Empty):
            while True:
                number = waiting.get_nowait()
                answered.put((number, ask(questions[number])))

    for _ in range(min(pace.at_once, len(questions))):
        Thread(target=work, daemon=True).start()
    until = monotonic() + pace.deadline
    answers: dict[int, A] = {}
    try:
        while len(answers) < len(questions) and (left := until - monotonic()) > 0:
            with suppress(Empty):
                number, answer = answered.get(timeout=min(left, _TICK))
                answers[number] = answer
            progress(len(answers), len(questions))
    finally:
        with suppress(Empty):
            while True:
                waiting.get_nowait()
    return [
        answers[number] if number in answers else give_up(question)
        for number, question in enumerate(questions)
    ]
