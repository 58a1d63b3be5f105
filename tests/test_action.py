from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
STEPS = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"]


class Action:
    """The gate step of action.yml, run as a runner would, in a workspace of its own."""

    def __init__(self, directory: Path) -> None:
        self.workspace = directory / "work space"
        self.workspace.mkdir()
        self.output = directory / "output"
        self.temp = directory / "temp"
        python = self.temp / "policy-gate" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
        python.chmod(0o755)

    def run(self, paths: str = "", config: str = "", analyzer: str = "") -> tuple[int, str, str]:
        """Exit status, log and outputs."""
        step = next(step for step in STEPS if step.get("id") == "gate")
        given = {"inputs.paths": paths, "inputs.config": config, "inputs.analyzer": analyzer}
        inputs = {
            name: given[expression.removeprefix("${{ ").removesuffix(" }}")]
            for name, expression in step["env"].items()
        }
        runner = {
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(self.output),
            "RUNNER_TEMP": str(self.temp),
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.workspace,
            env=os.environ | runner | inputs,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr, self.output.read_text()


@pytest.fixture
def action(tmp_path: Path) -> Action:
    return Action(tmp_path)


TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{{Effect: Allow, Action: "{action}", Resource: "*"}}]
"""
HARMLESS = TEMPLATE.format(action="s3:ListAllMyBuckets")
HARMFUL = TEMPLATE.format(action="*")


@pytest.mark.parametrize(
    ("template", "exit_status", "status"), [(HARMLESS, 0, "passed"), (HARMFUL, 2, "failed")]
)
def test_the_action_has_the_exit_status_of_the_gate(
    action: Action, template: str, exit_status: int, status: str
) -> None:
    (action.workspace / "with space.yaml").write_text(template)

    returncode, log, output = action.run(paths="with space.yaml\n")

    assert returncode == exit_status, log
    assert output == f"status={status}\nexit-status={exit_status}\n"


def test_the_action_takes_several_paths_even_such_as_look_like_options(action: Action) -> None:
    (action.workspace / "a.yaml").write_text(HARMLESS)
    (action.workspace / "--analyzer").write_text(HARMFUL)

    returncode, log, _ = action.run(paths="a.yaml\n--analyzer", analyzer="embedded")

    assert returncode == 2
    assert "--analyzer:" in log


def test_the_action_passes_configuration_and_analyzer_on(action: Action) -> None:
    (action.workspace / "a.yaml").write_text(HARMLESS)
    (action.workspace / "gate.yml").write_text("inputs: [a.yaml]\nchecks: {nonsense: true}\n")

    returncode, log, output = action.run(config="gate.yml")
    assert (returncode, output) == (1, "status=error\nexit-status=1\n")
    assert "gate.yml:2" in log

    returncode, log, _ = action.run(analyzer="crystal-ball")
    assert returncode == 64
    assert "crystal-ball" in log


def test_the_action_says_that_there_was_nothing_to_check(action: Action) -> None:
    returncode, _, output = action.run(paths=".")

    assert (returncode, output) == (3, "status=empty\nexit-status=3\n")


def test_the_workspace_cannot_run_code_or_forge_commands_in_the_action(action: Action) -> None:
    for module in ("policy_gate", "yaml", "secrets", "json"):
        (action.workspace / f"{module}.py").write_text("raise SystemExit('taken over')")
    (action.workspace / "a.yaml").write_text(HARMFUL.replace("Policy:", '"::error::forged":', 1))

    returncode, log, _ = action.run(paths="a.yaml")

    assert returncode == 2
    assert "taken over" not in log
    token = re.match(r"::stop-commands::([0-9a-f]{32})\n", log)
    assert token
    assert log.index(f"\n::{token[1]}::\n") > 0
