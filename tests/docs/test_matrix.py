"""The jobs of docs/scale.md: a matrix of shards, and the one that merges them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.command_line import allow, gate, template
from tests.docs.pages import ROOT, blocks


def step(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """A script as a step of GitHub Actions runs it."""
    command = folder / "policy-gate"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m policy_gate "$@"\n')
    command.chmod(0o755)
    own = {"PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        env={**os.environ, **variables, **own}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_jobs_of_a_matrix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work, temporary = tmp_path / "work", tmp_path / "temporary"
    work.mkdir()
    temporary.mkdir()
    monkeypatch.chdir(work)
    for number, action in enumerate(["s3:GetObject", "iam:CreateUser", "s3:GetObject"]):
        Path(f"{number}.json").write_text(template(allow(action, "arn:aws:s3:::data/*")))
    whole = gate("run", ".")
    (block,) = blocks(ROOT / "docs" / "scale.md", "yaml")
    jobs = yaml.safe_load(block.text)["jobs"]
    (run,) = [step["run"] for step in jobs["shard"]["steps"] if "run" in step]
    (merge,) = [step["run"] for step in jobs["gate"]["steps"] if "run" in step]

    for number in jobs["shard"]["strategy"]["matrix"]["shard"]:
        done = step(run, tmp_path, SHARD=str(number), RUNNER_TEMP=str(temporary))
        assert (done.returncode, done.stderr) == (0, "")

    merged = step(merge.replace("shard-*", f"{temporary}/shard-*"), tmp_path)
    assert (merged.returncode, merged.stdout) == (2, whole.out)
