"""Tools beyond pip. The make targets that install them say so; `make test` goes without."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
WANTED = "WAYS"
"""The variable by which a make target asks for its tests."""


def only_for(target: str) -> pytest.MarkDecorator:
    """Run where `make TARGET` asks for it."""
    return pytest.mark.skipif(
        os.environ.get(WANTED) != target, reason=f"needs tools beyond pip: make {target}"
    )


def find_tool(names: Sequence[str], instead: str) -> str:
    """The first of the commands that is there; without any the test is skipped and says so."""
    folders = os.pathsep.join([str(ROOT / ".tools" / "bin"), os.environ["PATH"]])
    for name in names:
        if found := shutil.which(name, path=folders):
            return found
    pytest.skip(f"there is no {' or '.join(names)} here: {instead}")


def with_gate_on_path(folder: Path) -> dict[str, str]:
    """An environment in which `policy-gate` is this checkout's, run by this Python."""
    command = folder / "bin" / "policy-gate"
    command.parent.mkdir(parents=True)
    command.write_text(
        f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -P -m policy_gate "$@"\n'
    )
    command.chmod(0o755)
    return os.environ | {"PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}"}


HARMLESS = """\
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: "s3:ListAllMyBuckets", Resource: "*"}]
"""
HARMFUL = HARMLESS.replace("s3:ListAllMyBuckets", "*")
