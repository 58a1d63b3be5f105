"""The example for CodeBuild: its form, and its phases with the gate of this checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
import yaml

from policy_gate import __version__
from tests.ways.buildspec import SCHEMA, run_phases
from tests.ways.tool import HARMFUL, HARMLESS, ROOT, only_for, with_gate_on_path

BUILDSPEC = yaml.safe_load((ROOT / "examples" / "codebuild" / "buildspec.yml").read_text())


def test_the_buildspec_has_the_form_that_codebuild_reads() -> None:
    jsonschema.validate(BUILDSPEC, SCHEMA)
    assert BUILDSPEC["env"]["variables"]["POLICY_GATE_VERSION"] == __version__


@pytest.mark.parametrize(("template", "status"), [(HARMLESS, 0), (HARMFUL, 2)])
def test_the_build_has_the_status_of_the_gate_and_leaves_its_reports(
    tmp_path: Path, template: str, status: int
) -> None:
    (tmp_path / "template.yaml").write_text(template)
    environment = with_gate_on_path(tmp_path / "tools")
    build = BUILDSPEC["phases"]["build"]
    commands = [command.replace("/tmp/policy-gate/bin/", "") for command in build["commands"]]
    phases = {"build": build | {"commands": commands}}

    statuses, log = run_phases(BUILDSPEC | {"phases": phases}, tmp_path, environment)

    assert statuses["build"] == status, log
    for file in [*BUILDSPEC["reports"]["policy-gate"]["files"], *BUILDSPEC["artifacts"]["files"]]:
        assert (tmp_path / file).is_file()
    failures = ElementTree.parse(tmp_path / "policy-gate.xml").iter("failure")
    assert bool(list(failures)) is (status == 2)


@only_for("test-buildspec")
def test_all_phases_run_with_the_package_as_it_is_released(tmp_path: Path) -> None:
    wheels, project = tmp_path / "wheels", tmp_path / "project"
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--wheel-dir", str(wheels), str(ROOT)], check=True)
    project.mkdir()
    (project / "template.yaml").write_text(HARMFUL)
    environment = os.environ | {"PIP_FIND_LINKS": str(wheels)}

    statuses, log = run_phases(BUILDSPEC, project, environment)

    print(log)
    assert statuses == {"install": 0, "pre_build": 0, "build": 2}
    assert re.search(r"^FAILED", log, re.MULTILINE)
