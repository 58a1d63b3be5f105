"""The component of GitLab CI, run by gitlab-ci-local (make test-component)."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.ways.tool import HARMFUL, HARMLESS, ROOT, find_tool, only_for, with_gate_on_path

pytestmark = only_for("test-component")


class Project:
    """A repository that includes the component."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "project"
        (self.folder / "templates").mkdir(parents=True)
        shutil.copy(ROOT / "templates" / "policy-gate.yml", self.folder / "templates")
        for command in (["init", "-q"], ["remote", "add", "origin", "git@example.com:us/x.git"]):
            subprocess.run(["git", *command], cwd=self.folder, check=True)
        self.environment = with_gate_on_path(folder)

    def run(self, **inputs: object) -> subprocess.CompletedProcess[str]:
        given = {"image": "policy-gate", **{k.replace("_", "-"): v for k, v in inputs.items()}}
        include = {"local": "templates/policy-gate.yml", "inputs": given}
        (self.folder / ".gitlab-ci.yml").write_text(json.dumps({"include": [include]}))
        add = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com"]
        subprocess.run(["git", "add", "."], cwd=self.folder, check=True)
        subprocess.run([*add, "commit", "-qm", "x"], cwd=self.folder, check=True)
        modules = ROOT / ".tools" / "node_modules"
        node = find_tool([str(modules / ".bin" / "node")], "make test-component installs Node 22")
        find_tool(["rsync"], "gitlab-ci-local needs it")
        script = modules / "gitlab-ci-local" / "dist" / "index.js"
        return subprocess.run(
            [
                *(node, str(script), "--force-shell-executor", "--no-color"),
                *("--variable", "CI_PIPELINE_SOURCE=merge_request_event"),
            ],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.mark.parametrize(("template", "passes"), [(HARMLESS, True), (HARMFUL, False)])
def test_the_job_is_the_gate_and_leaves_its_reports(
    project: Project, template: str, passes: bool
) -> None:
    (project.folder / "with space.yaml").write_text(template)

    done = project.run(paths="with space.yaml")

    print(done.stdout, done.stderr)
    assert (done.returncode == 0) is passes
    assert ("PASSED" if passes else "FAILED") in done.stdout
    left = project.folder / ".gitlab-ci-local" / "artifacts" / "policy-gate"
    assert "<html" in (left / "policy-gate.html").read_text()


def test_an_input_is_never_a_command(project: Project) -> None:
    (project.folder / "a.yaml").write_text(HARMLESS)
    hostile = "$(touch /tmp/taken-$CI_JOB_ID);`touch taken`, --help, *"

    for name in ("paths", "config", "baseline", "base"):
        done = project.run(**{name: hostile})
        assert done.returncode != 0
        assert "usage:" not in done.stdout
    assert not (project.folder / "taken").exists()


def test_nothing_to_check_passes_only_where_that_is_asked_for(project: Project) -> None:
    assert project.run(paths="templates").returncode != 0
    (project.folder / "empty.yaml").write_text("Resources: {}\n")
    assert project.run(paths="empty.yaml", allow_empty=True).returncode == 0
