"""The gate step of action.yml, run as a runner runs it."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


class Action:
    """A workspace of its own, and the environment of the step."""

    def __init__(self, directory: Path) -> None:
        self.workspace = directory / "work space"
        self.workspace.mkdir()
        self.temp = directory / "temp"
        python = self.temp / "policy-gate" / "venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
        python.chmod(0o755)
        self.outputs: dict[str, str] = {}

    def run(self, **given: str) -> tuple[int, str]:
        """Exit status and log. Inputs are named with `_` for `-`."""
        (step,) = [step for step in ACTION["runs"]["steps"] if step.get("id") == "gate"]
        inputs = {name: each["default"] for name, each in ACTION["inputs"].items()}
        assert inputs.keys() >= {name.replace("_", "-") for name in given}
        inputs |= {name.replace("_", "-"): value for name, value in given.items()}
        values = {"toJSON(inputs)": json.dumps(inputs), "inputs.github-token": ""}
        environment = {
            name: values[expression.removeprefix("${{ ").removesuffix(" }}")]
            for name, expression in step["env"].items()
        }
        output = self.temp / "output"
        runner = {
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(output),
            "RUNNER_TEMP": str(self.temp),
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.workspace,
            env=os.environ | runner | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        pairs = [line.partition("=") for line in output.read_text().splitlines()]
        self.outputs = {name: value for name, _, value in pairs}
        return done.returncode, done.stdout


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
    ("template", "exit_status", "result"), [(HARMLESS, 0, "passed"), (HARMFUL, 2, "failed")]
)
def test_the_action_has_the_exit_status_of_the_gate(
    action: Action, template: str, exit_status: int, result: str
) -> None:
    (action.workspace / "with space.yaml").write_text(template)

    returncode, log = action.run(paths="with space.yaml\n")

    assert returncode == exit_status, log
    assert action.outputs["result"] == result
    assert action.outputs["exit-status"] == str(exit_status)
    assert result.upper() in log


def test_its_outputs_are_paths_of_reports_and_counts(action: Action) -> None:
    (action.workspace / "a.yaml").write_text(HARMFUL)
    (action.workspace / "b.yaml").write_text(HARMLESS)
    (action.workspace / "c.yaml").write_text("Resources: [")

    _, log = action.run(paths="a.yaml\nb.yaml\nc.yaml", reports="junit=junit.xml\n")

    outputs = action.outputs
    assert outputs.keys() == ACTION["outputs"].keys(), log
    report = json.loads(Path(outputs["report"]).read_text())
    assert report["status"] == outputs["result"]
    assert json.loads(Path(outputs["sarif-file"]).read_text())["version"] == "2.1.0"
    assert (action.workspace / "junit.xml").read_text().startswith("<?xml")
    counts = {name: int(outputs[name]) for name in ("policies", "passed", "failed", "not-checked")}
    assert counts == {"policies": 2, "passed": 1, "failed": 1, "not-checked": 1}
    assert int(outputs["findings"]) >= int(outputs["blocking"]) - 1 > 0


def test_the_action_takes_several_paths_even_such_as_look_like_options(action: Action) -> None:
    (action.workspace / "a.yaml").write_text(HARMLESS)
    (action.workspace / "--analyzer").write_text(HARMFUL)

    returncode, log = action.run(paths="a.yaml\n--analyzer", analyzer="embedded")

    assert returncode == 2
    assert "--analyzer:" in log


def test_the_action_passes_configuration_and_analyzer_on(action: Action) -> None:
    (action.workspace / "a.yaml").write_text(HARMLESS)
    (action.workspace / "gate.yml").write_text("inputs: [a.yaml]\nchecks: {nonsense: true}\n")

    returncode, log = action.run(config="gate.yml")
    assert returncode == 1
    assert action.outputs == {"result": "error", "exit-status": "1"}
    assert "gate.yml:2" in log

    returncode, log = action.run(analyzer="crystal-ball")
    assert returncode == 64
    assert "crystal-ball" in log


def test_the_action_says_that_there_was_nothing_to_check(action: Action) -> None:
    returncode, _ = action.run(paths=".")
    assert (returncode, action.outputs["result"]) == (3, "empty")

    returncode, _ = action.run(paths=".", allow_empty="true")
    assert (returncode, action.outputs["result"]) == (0, "passed")


def test_the_workspace_cannot_run_code_or_forge_commands_in_the_action(action: Action) -> None:
    for module in ("policy_gate", "yaml", "secrets", "json"):
        (action.workspace / f"{module}.py").write_text("raise SystemExit('taken over')")
    (action.workspace / "a.yaml").write_text(HARMFUL.replace("Policy:", '"::error::forged":', 1))

    returncode, log = action.run(paths="a.yaml\n::warning::forged.yaml")

    assert returncode == 2
    assert "taken over" not in log
    assert "::warning::forged" in log
    assert_is_closed_to_commands(log)


def test_an_input_is_never_a_command(action: Action) -> None:
    for name in ("paths", "config", "reports", "parameters", "policy_check_type", "allow_empty"):
        _, log = action.run(**{name: "$(touch taken)`touch taken`\n::error::forged\n"})
        assert_is_closed_to_commands(log)
    assert not list(action.workspace.iterdir())


def assert_is_closed_to_commands(log: str) -> None:
    token = re.match(r"::stop-commands::([0-9a-f]{32})\n", log)
    assert token
    assert log.endswith(f"\n::{token[1]}::\n")
    assert log.count(token[1]) == 2


def test_annotations_are_commands_that_follow_the_report(action: Action) -> None:
    (action.workspace / "a.yaml").write_text(HARMFUL)

    _, log = action.run(paths="a.yaml", publish="github")

    report, annotations = re.split(r"\n::[0-9a-f]{32}::\n", log)
    assert annotations.startswith("::error ")
    assert "::error " not in report


def test_moving_from_aws_actions_takes_only_another_name(action: Action) -> None:
    (action.workspace / "a.yaml").write_text(HARMFUL)
    (action.workspace / "reference.json").write_text(
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*",'
        ' "Resource": "*"}}'
    )

    returncode, log = action.run(
        policy_check_type="CHECK_NO_NEW_ACCESS",
        template_path="a.yaml",
        reference_policy="reference.json",
        reference_policy_type="IDENTITY",
        region="eu-west-1",
    )

    assert returncode == 2, log
    assert "CHECK_NO_NEW_ACCESS" in log


def test_findings_that_do_not_block_leave_the_step_green_but_not_the_result(
    action: Action,
) -> None:
    (action.workspace / "a.yaml").write_text(HARMFUL)
    (action.workspace / "broken.yaml").write_text("Resources: [")
    asked = {
        "policy_check_type": "CHECK_ACCESS_NOT_GRANTED",
        "actions": "iam:CreateUser",
        "treat_findings_as_non_blocking": "True",
    }

    returncode, log = action.run(template_path="a.yaml", **asked)
    assert (returncode, action.outputs["result"]) == (0, "failed"), log

    # What was not read is no finding.
    returncode, log = action.run(paths="a.yaml\nbroken.yaml", **asked)
    assert (returncode, action.outputs["result"]) == (2, "failed"), log
