"""The commands of docs/scale.md do what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.command_line import allow, gate, template

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The first code block of a language."""
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found.group(1)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for number in range(3):
        actions = ["s3:GetObject", "iam:CreateUser"][number % 2]
        Path(f"{number}.json").write_text(template(allow(actions, "arn:aws:s3:::data/*")))
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "policy-gate"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m policy_gate "$@"\n')
    command.chmod(0o755)


def shell(script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A script as a step of GitHub Actions runs it."""
    path = f"{Path('bin').absolute()}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        env={**os.environ, **variables, "PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_two_shards_and_their_merger(tmp_path_factory: pytest.TempPathFactory) -> None:
    whole = gate("run", ".")

    reports = tmp_path_factory.mktemp("reports")
    *shards, merge = block("sh").replace("/tmp", str(reports)).strip().splitlines()

    assert [shell(line).returncode for line in shards] == [0, 2]
    merged = shell(merge)
    assert (merged.returncode, merged.stderr) == (2, "")
    assert merged.stdout == whole.out


def test_the_jobs_of_a_matrix(tmp_path_factory: pytest.TempPathFactory) -> None:
    whole = gate("run", ".")
    reports = tmp_path_factory.mktemp("reports")
    jobs = yaml.safe_load(block("yaml"))["jobs"]
    (run,) = [step["run"] for step in jobs["shard"]["steps"] if "run" in step]
    (merge,) = [step["run"] for step in jobs["gate"]["steps"] if "run" in step]

    for number in jobs["shard"]["strategy"]["matrix"]["shard"]:
        done = shell(run, SHARD=str(number), RUNNER_TEMP=str(reports))
        assert (done.returncode, done.stderr) == (0, "")

    merged = shell(merge.replace("shard-*", f"{reports}/shard-*"))
    assert (merged.returncode, merged.stdout) == (2, whole.out)
