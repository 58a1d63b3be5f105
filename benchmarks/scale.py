"""Runs over 100 and 1,000 templates, with one process and with two.

    .venv/bin/python benchmarks/scale.py [FOLDER] [ROUNDS]

The templates of FOLDER (those that its manifest.json lists) are repeated under other names; without
it, those of examples/ are. The runs of a round follow each other, so that whatever else the machine
does falls on all of them; of each the round with the least CPU time counts. Memory is what all the
processes of a run hold at a time, what they share counted once.

Two cores of a machine are seldom twice as fast as one: they share caches, memory and their host. So
two runs that know nothing of each other are timed at once too, which is the most that can be had.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
REAL = ROOT.parent / "shared" / "iac" / "cloudformation"

RUN = """
import json, os, resource, sys
cores = sorted(os.sched_getaffinity(0))
os.sched_setaffinity(0, [cores[int(number)] for number in sys.argv.pop(1).split(",")])
from policy_gate.__main__ import process
process()
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps([one.ru_utime + one.ru_stime for one in used]), file=sys.stderr)
"""


# The modules are compiled beforehand, as those of an installed package are.
_ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
}


class Used(NamedTuple):
    """What a run took, in seconds and megabytes."""

    cpu: float
    first: float
    """CPU time of the first process."""

    wall: float
    megabytes: float
    output: str


def sources(folder: Path) -> list[Path]:
    manifest = folder / "manifest.json"
    if manifest.is_file():
        entries = json.loads(manifest.read_text(encoding="utf-8"))
        return [folder / entry["path"] for entry in entries]
    print(f"no manifest.json in {folder}: the templates of examples/ are repeated instead")
    return sorted((ROOT / "examples").glob("*/template.yaml"))


def fill(folder: Path, templates: Sequence[Path], count: int) -> None:
    for index in range(count):
        template = templates[index % len(templates)]
        there = folder / f"{index // len(templates):04}" / f"{index % len(templates):04}"
        there.mkdir(parents=True)
        shutil.copy(template, there / template.name)


def at_once(folder: Path) -> float:
    """How many times as fast two runs of one process each are as one after the other."""
    alone = run(folder, (0,))
    between = perf_counter()
    with ThreadPoolExecutor() as threads:
        list(threads.map(partial(run, folder), ((0,), (1,))))
    return 2 * alone.wall / (perf_counter() - between)


def run(folder: Path, cores: Sequence[int]) -> Used:
    start = perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, ",".join(map(str, cores)), "run", ".", "--format", "json"],
        cwd=folder,
        env={**_ENVIRONMENT, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    peak = [0.0]
    over = Event()
    watch = Thread(target=_watch, args=(process.pid, peak, over))
    watch.start()
    output, errors = process.communicate()
    wall = perf_counter() - start
    over.set()
    watch.join()
    first, others = json.loads(errors.splitlines()[-1])
    return Used(first + others, first, wall, peak[0], sha256(output).hexdigest())


def _watch(pid: int, peak: list[float], over: Event) -> None:
    while not over.wait(0.1):
        peak[0] = max(peak[0], sum(map(_megabytes, [pid, *_children(pid)])))


def _children(pid: int) -> list[int]:
    try:
        return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _megabytes(pid: int) -> float:
    """The proportional set size."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    sizes = [line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:")]
    return int(sizes[0]) / 1024 if sizes else 0


def main(folder: Path, rounds: int) -> None:
    templates = sources(folder)
    one, both = (0,), (0, 1)
    plan = {"100, 1 process": (100, one), "1,000, 1 process": (1000, one), "1,000, 2": (1000, both)}
    best: dict[str, Used] = {}
    most = 0.0
    with TemporaryDirectory() as name:
        for count in (100, 1000):
            fill(Path(name, str(count)), templates, count)
        for _ in range(rounds):
            for title, (count, cores) in plan.items():
                used = run(Path(name, str(count)), cores)
                best[title] = min(best.get(title, used), used, key=lambda run: run.wall)
            most = max(most, at_once(Path(name, "1000")))
    print(f"{'templates':<20}{'CPU s':>8}{'first':>8}{'wall s':>8}{'MB':>8}")
    for title, used in best.items():
        numbers = (used.cpu, used.first, used.wall)
        print(
            f"{title:<20}" + "".join(f"{one:>8.2f}" for one in numbers) + f"{used.megabytes:>8.0f}"
        )
    few, many, two = best.values()
    print(f"\n1,000 templates take {many.cpu / few.cpu:.1f} times the CPU time of 100")
    print(f"two processes are {many.wall / two.wall:.2f} times as fast as one")
    print(f"two runs at once are {most:.2f} times as fast as one after the other")
    print(f"same bytes: {'yes' if many.output == two.output else 'NO'}")


if __name__ == "__main__":
    main(
        Path(sys.argv[1]) if len(sys.argv) > 1 else REAL,
        int(sys.argv[2]) if len(sys.argv) > 2 else 3,
    )
