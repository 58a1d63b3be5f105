"""Many items at once: the same results in the same order, whatever happens to a process."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from policy_gate import asking
from policy_gate.analyzers.embedded import EmbeddedAnalyzer
from policy_gate.analyzers.interface import Access, AccessPolicyType, Answer
from policy_gate.executors.in_order import chosen, in_order
from policy_gate.executors.interface import Workers
from policy_gate.executors.registry import workers_of
from policy_gate.extractors import discover
from policy_gate.extractors.discover import extract_files, extract_paths, find_files
from policy_gate.extractors.interface import ExtractSettings
from tests.command_line import allow, gate_json, template

several_cores = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="one core works in one process",
)


def doubled(number: int) -> int:
    return 2 * number


def doubled_or_killed(number: int) -> int:
    if number % 40 == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


def lost(number: int) -> int:
    return -number


def process(_: int) -> int:
    return os.getpid()


@pytest.fixture(name="workers")
def _workers() -> Iterator[Workers]:
    with workers_of("local") as workers:
        yield workers


@pytest.mark.parametrize("is_much", [True, False])
@pytest.mark.parametrize("count", [0, 1, 2, 100, 1000])
def test_results_come_in_the_order_of_the_items(
    count: int, is_much: bool, workers: Workers
) -> None:
    many = chosen(workers, is_much=is_much)
    found = in_order(doubled, iter(range(count)), count, lost, many)
    assert list(found) == [2 * number for number in range(count)]


@several_cores
def test_an_item_that_ends_its_process_costs_only_itself(workers: Workers) -> None:
    for _ in range(2):
        found = list(in_order(doubled_or_killed, range(300), 300, lost, workers))
        killers = range(7, 300, 40)
        assert found == [-number if number in killers else 2 * number for number in range(300)]


KILLED = """
import os, signal
from policy_gate.executors.local import LocalWorkers
workers = LocalWorkers()
workers.result(workers.executor.submit(os.getpid))
os.kill(os.getpid(), signal.SIGKILL)
"""


@several_cores
def test_processes_end_where_the_run_is_killed() -> None:
    ours, theirs = os.pipe()
    ended = subprocess.run([sys.executable, "-c", KILLED], pass_fds=[theirs], check=False)
    os.close(theirs)
    assert ended.returncode == -signal.SIGKILL
    # There is something to read where the last of them that could write has gone.
    assert select.select([ours], [], [], 60)[0] == [ours]
    os.close(ours)


@several_cores
def test_all_cores_work_where_there_is_enough_and_one_where_there_is_not(workers: Workers) -> None:
    much = set(in_order(process, range(1000), 1000, lost, chosen(workers, is_much=True)))
    little = set(in_order(process, range(1000), 1000, lost, chosen(workers, is_much=False)))
    assert os.getpid() not in much
    assert little == {os.getpid()}


def test_items_are_taken_as_they_are_needed(workers: Workers) -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for number in range(10_000):
            taken += 1
            yield number

    found = in_order(doubled, items(), 10_000, lost, workers)
    assert next(found) == 0
    assert taken < 1000
    assert sum(1 for _ in found) == 9_999


def write_templates(count: int) -> None:
    for number in range(count):
        Path(f"{number}.json").write_text(template(allow("s3:GetObject")))
        Path(f"{number}.txt").write_text("words")


def test_files_give_the_same_in_one_process_and_in_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: Workers
) -> None:
    monkeypatch.chdir(tmp_path)
    write_templates(60)
    alone = extract_paths([Path()], [], ExtractSettings())
    monkeypatch.setattr(discover, "MUCH", 0)
    together = extract_files(find_files([Path()], []), ExtractSettings(), workers)
    assert len(alone.policies) == 60
    assert together == alone


def test_a_run_gives_the_same_bytes_in_one_process_and_in_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_templates(60)
    Path("bad.json").write_text(template(allow("iam:CreateUser"), allow("s3:NoSuchAction")))
    Path("cut.json").write_text(template()[:200])
    alone = gate_json("run", ".")
    monkeypatch.setattr(discover, "MUCH", 0)
    monkeypatch.setattr(asking, "MUCH", 0)
    together = gate_json("run", ".")
    assert (alone.status, alone.report["coverage"]["found"]) == (2, 61)
    assert together == alone


@several_cores
def test_a_question_and_a_file_that_end_their_process_are_errors_and_hide_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> Answer:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    def asked(
        self: EmbeddedAnalyzer, document: str, access: Access, policy_type: AccessPolicyType
    ) -> Answer:
        return killed() if "deadly" in document else real(self, document, access, policy_type)

    # Processes are made by a fork, so that they are as this one is.
    real = EmbeddedAnalyzer.check_access_not_granted
    monkeypatch.setattr(EmbeddedAnalyzer, "check_access_not_granted", asked)
    monkeypatch.setattr("policy_gate.extractors.terraform.extract.plan_extraction", killed)
    monkeypatch.setattr(discover, "MUCH", 0)
    monkeypatch.setattr(asking, "MUCH", 0)
    monkeypatch.chdir(tmp_path)
    write_templates(40)
    Path("question.json").write_text(template(allow("s3:GetObject", "arn:aws:s3:::deadly/*")))
    plan = '{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {}}'
    Path("plan.json").write_text(plan)

    ran = gate_json("run", ".")

    errors = {
        result["policy"]["file"]: result["message"]
        for result in ran.report["results"]
        if result["verdict"] == "ERROR"
    }
    assert ran.status == 1
    assert errors == {
        "plan.json": "cannot read this path: the process that read it died, as it does when memory"
        " runs out",
        "question.json": "the process that decides it died, as it does when memory runs out",
    }
    assert (ran.report["coverage"]["passed"], ran.report["coverage"]["errors"]) == (40, 2)
