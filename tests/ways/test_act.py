"""The action and its workflow, run by act as a runner runs them (make test-action)."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.ways.tool import HARMFUL, HARMLESS, ROOT, find_tool, only_for

pytestmark = only_for("test-action")

NOBODY = "http://127.0.0.1:9"
"""Where no API answers."""


def act(folder: Path, workflow: str, *options: str) -> subprocess.CompletedProcess[str]:
    """act in a repository of its own, without Docker and without any action from elsewhere."""
    program = find_tool(["act"], "make .tools/stamp installs it")
    command = [program, "--workflows", workflow, "--platform", "ubuntu-latest=-self-hosted"]
    command += ["--platform", "ubuntu-24.04=-self-hosted", "--no-cache-server"]
    return subprocess.run(
        [*command, "--env", f"GITHUB_API_URL={NOBODY}", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    (folder / ".github" / "workflows").mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository as a runner checks it out: act copies all that it finds."""
    folder = tmp_path_factory.mktemp("checkout")
    files = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((ROOT / name).read_bytes())
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return folder


def test_the_workflow_of_the_action_passes_on_our_own_examples(checkout: Path) -> None:
    done = act(checkout, ".github/workflows/action.yml", "--matrix", "runner:ubuntu-latest")

    print(done.stdout)
    assert done.returncode == 0
    assert "Job succeeded" in done.stdout
    setup = re.findall(r"Success - Main Set up policy-gate \[([0-9.]+)(ms|s)\]", done.stdout)
    assert len(setup) == 3


@pytest.mark.parametrize(("template", "status"), [(HARMLESS, 0), (HARMFUL, 1)])
def test_the_example_for_pull_requests_decides_the_job(
    repository: Path, checkout: Path, template: str, status: int
) -> None:
    workflow = ROOT / "examples" / "github" / "policy-gate.yml"
    (repository / ".github" / "workflows" / workflow.name).write_text(workflow.read_text())
    (repository / "template.yaml").write_text(template)
    side = {"repo": {"full_name": "us/x"}, "sha": "1" * 40, "ref": "main"}
    event = repository.parent / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7, "head": side, "base": side}}))
    upload = repository.parent / "upload"
    upload.mkdir()
    (upload / "action.yml").write_text(
        "name: x\ninputs: {name: {default: ''}, path: {default: ''}}\n"
        "runs: {using: composite, steps: [{shell: bash, run: 'true'}]}\n"
    )
    uses = dict(re.findall(r"uses: ((?:octo-org|actions)/[\w-]+)@(\w+)", workflow.read_text()))
    stands_for = {"octo-org/policy-gate": checkout, "actions/upload-artifact": upload}

    done = act(
        repository,
        f".github/workflows/{workflow.name}",
        *("--eventpath", str(event), "--secret", "GITHUB_TOKEN=none"),
        *(
            option
            for name, path in stands_for.items()
            for option in ("--local-repository", f"{name}@{uses[name]}={path}")
        ),
        "pull_request",
    )

    print(done.stdout, done.stderr)
    assert done.returncode == status
    # The API does not answer, and that changes nothing.
    assert ("PASSED" if status == 0 else "FAILED") in done.stdout
