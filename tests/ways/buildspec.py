"""Runs the phases of a buildspec as CodeBuild does, as far as the gate's needs it.

Source: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html and
https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SCHEMA = {
    "type": "object",
    "required": ["version", "phases"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": 0.2},
        "env": {
            "type": "object",
            "properties": {
                "variables": {
                    "type": "object",
                    "additionalProperties": {"type": ["string", "number"]},
                }
            },
        },
        "phases": {
            "type": "object",
            "additionalProperties": False,
            "patternProperties": {
                "^(install|pre_build|build|post_build)$": {
                    "type": "object",
                    "required": ["commands"],
                    "additionalProperties": False,
                    "properties": {
                        "runtime-versions": {"type": "object"},
                        "on-failure": {"enum": ["ABORT", "CONTINUE"]},
                        "commands": {"type": "array", "items": {"type": "string"}},
                        "finally": {"type": "array", "items": {"type": "string"}},
                    },
                }
            },
        },
        "reports": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["files"],
                "properties": {
                    "files": {"type": "array", "items": {"type": "string"}},
                    "file-format": {"enum": ["JUNITXML", "CUCUMBERJSON", "NUNITXML"]},
                },
            },
        },
        "artifacts": {"type": "object", "required": ["files"]},
    },
}
"""The part of the format that the example uses; AWS publishes no schema."""

_PHASES = ("install", "pre_build", "build", "post_build")


def run_phases(
    buildspec: Mapping[str, Any], folder: Path, environment: Mapping[str, str]
) -> tuple[dict[str, int], str]:
    """The status of each phase that ran, and the log.

    A command that fails ends its phase. After a failed install or pre_build the build ends; after
    a failed build post_build still runs, unless that phase says `on-failure: ABORT`.
    """
    given = {name: str(text) for name, text in buildspec["env"]["variables"].items()}
    statuses: dict[str, int] = {}
    log = ""
    for name in _PHASES:
        phase = buildspec["phases"].get(name, {"commands": []})
        statuses[name] = 0
        for command in phase["commands"]:
            done = subprocess.run(
                ["sh", "-c", command],
                cwd=folder,
                env={**environment, **given},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            log += f"$ {command}\n{done.stdout}"
            if done.returncode:
                statuses[name] = done.returncode
                break
        if statuses[name] and (name != "build" or phase.get("on-failure") == "ABORT"):
            break
    return statuses, log
