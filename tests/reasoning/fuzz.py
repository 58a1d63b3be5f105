"""Random pairs of policies, decided and then attacked with random requests.

`make fuzz` runs many of them, `python -m tests.reasoning.fuzz --pairs N --seed S` as many as you
like. A request that the evaluator finds new contradicts a PASS, and a FAIL that does not name the
statements that allow it; a FAIL needs witnesses that it confirms. Pairs are numbered from the
seed, so that `--seed S --pairs 1` repeats one of them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

from policy_gate.reasoning.answer import Answer, Witness
from policy_gate.reasoning.checks import check_no_new_access
from policy_gate.reasoning.evaluator import Evaluator
from tests.reasoning.random_policies import Pair, pair_of
from tests.reasoning.random_requests import Requests

REQUESTS = 120
"""Requests that an answer is tried with."""

UNSOUND = "unsound PASS"
UNPROVEN = "FAIL without a confirmed witness"
INCOMPLETE = "guilty statement not named"
MISSED = "UNKNOWN that a request decides"
"""No fault, but a request that the decision procedure could have found."""


class Verdict(NamedTuple):
    result: str
    questions: tuple[str, ...]
    """Why it is UNKNOWN."""

    problems: tuple[tuple[str, Witness | None], ...]
    """What contradicts the answer, each with the request that shows it."""


class Oracle:
    """The evaluator's view of a pair."""

    def __init__(self, pair: Pair) -> None:
        self._new, self._existing = Evaluator(pair.new), Evaluator(pair.existing)
        statements = json.loads(pair.new)["Statement"]
        self._allows = [i for i, item in enumerate(statements) if item["Effect"] == "Allow"]

    def is_new(self, request: Witness) -> bool:
        """Whether only the new policy certainly allows the request."""
        allowed = self._new.decide(request) == "ALLOW"
        return allowed and self._existing.decide(request) in ("DENY", "IMPLICIT_DENY")

    def guilty(self, request: Witness) -> set[int]:
        """The statements that allow a new request."""
        return {index for index in self._allows if self._new.matches(index, request)}


def attack(seed: int) -> Verdict:
    """Decide the pair of a seed and look for what contradicts the answer."""
    pair = pair_of(seed)
    answer = check_no_new_access(*pair)
    requests = Requests(pair, random.Random(seed)).some(REQUESTS)
    problems = dict(_problems(answer, Oracle(pair), requests))
    questions = [reason.description.partition(": ")[2] for reason in answer.reasons]
    return Verdict(
        answer.result,
        tuple(questions) if answer.result == "UNKNOWN" else (),
        tuple(problems.items()),
    )


def _problems(
    answer: Answer, oracle: Oracle, requests: Iterator[Witness]
) -> Iterator[tuple[str, Witness | None]]:
    named = {reason.statementIndex for reason in answer.reasons}
    for reason in answer.reasons if answer.result == "FAIL" else ():
        if not reason.witness or not oracle.is_new(reason.witness):
            yield UNPROVEN, reason.witness
    for request in requests:
        if not oracle.is_new(request):
            continue
        if answer.result == "PASS":
            yield UNSOUND, request
        elif answer.result == "UNKNOWN":
            yield MISSED, request
        elif not all(f"index: {i}" in answer.message for i in oracle.guilty(request) - named):
            yield INCOMPLETE, request


def attack_many(seeds: range) -> tuple[Counter[str], Counter[str], list[str]]:
    """How often each result and each question came up, and the problems as texts."""
    results: Counter[str] = Counter()
    questions: Counter[str] = Counter()
    problems = []
    for seed in seeds:
        verdict = attack(seed)
        results[verdict.result] += 1
        questions.update(question.partition(": ")[2] for question in verdict.questions)
        for kind, request in verdict.problems:
            results[kind] += 1
            if kind != MISSED:
                problems.append(f"seed {seed}: {kind}: {request}")
    return results, questions, problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    arguments = parser.parse_args()
    last = arguments.seed + arguments.pairs
    print(f"{arguments.pairs:,} pairs from seed {arguments.seed}", flush=True)
    size = max(1, min(500, arguments.pairs))
    parts = [range(first, min(first + size, last)) for first in range(arguments.seed, last, size)]
    results: Counter[str] = Counter()
    questions: Counter[str] = Counter()
    problems: list[str] = []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for number, found in enumerate(pool.map(attack_many, parts), 1):
            results += found[0]
            questions += found[1]
            problems += found[2]
            if number % 40 == 0:
                print(f"{number * size:,} pairs: {dict(results)}", file=sys.stderr, flush=True)
    for kind in ("PASS", "FAIL", "UNKNOWN", UNSOUND, UNPROVEN, INCOMPLETE, MISSED):
        print(f"{results[kind]:9,}  {kind}")
    for question, count in questions.most_common(8):
        print(f"  UNKNOWN of {count:,} statements: {question}")
    for problem in problems[:10]:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
