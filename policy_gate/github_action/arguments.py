"""The inputs of the action as arguments of `policy-gate run`."""

from __future__ import annotations

import json
from pathlib import Path

from policy_gate.github_action.aws_actions import configuration, is_migrating
from policy_gate.github_action.inputs import InputError, Inputs

REPORT, SARIF = "report.json", "report.sarif"
"""Files that the action always writes."""

_OPTIONS = {
    "config": "config",
    "analyzer": "analyzer",
    "base": "base",
    "baseline": "baseline",
    "publish": "publish",
    "publish-tag": "publish-tag",
    "parameters-file": "parameters-file",
    "template-configuration-file": "parameters-file",
}


def arguments_from(inputs: Inputs, folder: Path) -> list[str]:
    """What `policy-gate` is started with; files of this run go to `folder`. Raises InputError."""
    arguments = ["run", "--format=console"]
    arguments += [f"--report=json={folder / REPORT}", f"--report=sarif={folder / SARIF}"]
    arguments += [f"--report={item.strip()}" for item in inputs.lines("reports")]
    if is_migrating(inputs):
        arguments.append(f"--config={_write_configuration(inputs, folder)}")
    for name, option in _OPTIONS.items():
        if text := inputs.text(name):
            arguments.append(f"--{option}={text}")
    arguments += [f"--parameter={item}" for item in inputs.parameters()]
    if inputs.flag("allow-empty"):
        arguments.append("--allow-empty")
    # What follows is a path, whatever it looks like.
    return [*arguments, "--", *inputs.lines("paths"), *inputs.lines("template-path")]


def _write_configuration(inputs: Inputs, folder: Path) -> Path:
    if inputs.text("config"):
        raise InputError("the inputs config and policy-check-type exclude each other: drop one")
    path = folder / "aws-actions.policy-gate.yml"
    # JSON is YAML.
    path.write_text(json.dumps(configuration(inputs), indent=2), encoding="utf-8")
    return path
