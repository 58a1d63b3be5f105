"""Many files at once: the same results in the same order, whatever happens to a process."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from policy_gate.extractors import discover
from policy_gate.extractors.discover import extract_paths
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.extractors.parallel import in_order
from tests.command_line import allow, template


def doubled(number: int) -> int:
    return 2 * number


def doubled_or_killed(number: int) -> int:
    if number % 40 == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


def lost(number: int) -> int:
    return -number


@pytest.mark.parametrize("is_much", [True, False])
@pytest.mark.parametrize("count", [0, 1, 2, 100])
def test_results_come_in_the_order_of_the_items(count: int, is_much: bool) -> None:
    numbers = range(count)
    found = in_order(doubled, numbers, lost, is_much=is_much)
    assert list(found) == [2 * number for number in numbers]


@pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="one core works in one process",
)
def test_an_item_that_ends_its_process_costs_only_itself() -> None:
    found = list(in_order(doubled_or_killed, range(50), lost, is_much=True))
    assert found == [-number if number in (7, 47) else 2 * number for number in range(50)]


def test_files_give_the_same_in_one_process_and_in_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for number in range(60):
        Path(f"{number}.json").write_text(template(allow("s3:GetObject")))
        Path(f"{number}.txt").write_text("words")
    alone = extract_paths([Path()], [], ExtractSettings())
    monkeypatch.setattr(discover, "MUCH", 0)
    together = extract_paths([Path()], [], ExtractSettings())
    assert len(alone.policies) == 60
    assert together == alone
