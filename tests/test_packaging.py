from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest
import yaml

import policy_gate

ROOT = Path(__file__).parent.parent
# Where `make` keeps the build backend, apart from what is installed.
BUILD = ROOT / ".venv" / "build"
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def read_yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def scripts(document: Any) -> list[str]:
    """Every `run` of a workflow or an action."""
    if isinstance(document, dict):
        own = [document["run"]] if isinstance(document.get("run"), str) else []
        return own + [script for value in document.values() for script in scripts(value)]
    if isinstance(document, list):
        return [script for value in document for script in scripts(value)]
    return []


def test_the_installed_command_has_the_version_of_the_package() -> None:
    try:
        installed = distribution("policy-gate")
    except PackageNotFoundError:
        pytest.skip("policy-gate is not installed here")
    (command,) = installed.entry_points.select(group="console_scripts")

    assert installed.version == policy_gate.__version__
    assert command.name == "policy-gate"
    assert callable(command.load())


def wheel(folder: Path, version: str) -> zipfile.ZipFile:
    """A wheel that is built of this checkout."""
    build = (
        "import sys; from hatchling.builders.wheel import WheelBuilder\n"
        "print(*WheelBuilder(sys.argv[1]).build(directory=sys.argv[2], versions=[sys.argv[3]]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", build, ROOT, folder, version],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(BUILD)},
    )  # fmt: skip
    return zipfile.ZipFile(done.stdout.strip())


@pytest.mark.skipif(not (BUILD / "hatchling").is_dir(), reason="there is no build backend here")
def test_a_wheel_carries_the_library_of_references_and_the_workflows(tmp_path: Path) -> None:
    files = [file for file in (ROOT / "reference-policies").rglob("*") if file.is_file()]
    names = {f"policy_gate/{file.relative_to(ROOT).as_posix()}" for file in files}
    assert len(names) > 100
    built = wheel(tmp_path, "standard")
    assert names <= set(built.namelist())

    # They are found there, apart from this checkout.
    built.extractall(tmp_path / "installed")

    def printed(*arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "-P", "-m", "policy_gate", *arguments],
            check=True, capture_output=True, text=True, cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(tmp_path / "installed")},
        ).stdout  # fmt: skip

    found = json.loads(printed("test-references", "--format", "json"))["references"]
    paths = [reference["path"] for reference in found]
    assert "installed/policy_gate/reference-policies/pass-role" in paths

    printed("init", "--yes", "--platform", "github")
    made = tmp_path / ".github" / "workflows" / "policy-gate.yml"
    assert made.read_text() == (ROOT / "examples" / "github" / "policy-gate.yml").read_text()


@pytest.mark.skipif(not (BUILD / "hatchling").is_dir(), reason="there is no build backend here")
def test_an_editable_install_takes_the_library_of_the_checkout(tmp_path: Path) -> None:
    names = wheel(tmp_path, "editable").namelist()
    assert [name for name in names if ".dist-info/" not in name] == ["_policy_gate.pth"]


def test_the_image_is_built_with_the_library_of_references() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "!reference-policies" in lines
    assert "!examples/github/policy-gate.yml" in lines


def test_there_is_a_lock_for_each_environment() -> None:
    assert [lock.name for lock in LOCKS] == [
        *("bench.txt", "build.txt", "dask.txt", "docs.txt", "run.txt"),
        *("test.txt", "tools.txt", "uv.txt"),
    ]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_pins_every_package_by_hash_and_names_no_host(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    packages = re.sub(r"\\\n|#.*", "", text).strip().splitlines()

    assert "://" not in text
    assert "--index" not in text
    for package in filter(str.strip, packages):
        assert re.match(r"[a-z0-9.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", package), package


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    run, test = project["dependencies"], project["optional-dependencies"]["test"]

    assert names(run) <= locked("run")
    assert names(run + test) <= locked("test")
    # jsonschema is what the SAM translator needs too.
    assert not names(test) & locked("run") - {"jsonschema"}
    assert pins("run") <= pins("test")
    assert names(project["optional-dependencies"]["tools"]) <= locked("tools")
    assert pins("uv") == set((ROOT / "requirements" / "uv.in").read_text().split())
    assert names(project["optional-dependencies"]["docs"]) <= locked("docs")
    assert names(project["optional-dependencies"]["dask"]) <= locked("dask")
    # The tests of the extra install both.
    assert pins("run") <= pins("dask")
    others = {pin for pin in pins("dask") if pin.partition("==")[0] in locked("test")}
    assert others <= pins("test")


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9.-]", item)[0].lower() for item in requirements}


def pins(lock: str) -> set[str]:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    return set(re.findall(r"^\S+==\S+", text, re.MULTILINE))


def locked(lock: str) -> set[str]:
    return {pin.partition("==")[0] for pin in pins(lock)}


WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
EXAMPLES = sorted((ROOT / "examples" / "github").glob("*.yml"))
OURS = "octo-org/policy-gate@" + "0" * 40
"""What stands in examples for the commit of a release."""


@pytest.mark.parametrize(
    "path", [ROOT / "action.yml", *WORKFLOWS, *EXAMPLES], ids=lambda path: path.name
)
def test_no_script_has_an_expression_spliced_in(path: Path) -> None:
    assert not [script for script in scripts(read_yaml(path)) if "${{" in script]


def test_no_script_of_the_component_has_an_input_spliced_in() -> None:
    text = (ROOT / "templates" / "policy-gate.yml").read_text(encoding="utf-8")
    _, job = yaml.safe_load_all(text)
    (settings,) = job.values()
    assert not [line for line in settings["script"] if "$[[" in line]
    assert all(
        not value["expand"] for value in settings["variables"].values() if "$[[" in str(value)
    )


@pytest.mark.parametrize("path", [*WORKFLOWS, *EXAMPLES], ids=lambda path: path.name)
def test_every_action_used_is_pinned_by_commit(path: Path) -> None:
    for use in re.findall(r"uses: (\S+)", path.read_text(encoding="utf-8")):
        pinned = re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40}", use)
        assert pinned or use.startswith("./"), use
        assert use == OURS or "policy-gate@" not in use


@pytest.mark.parametrize("path", [*WORKFLOWS, *EXAMPLES], ids=lambda path: path.name)
def test_a_workflow_may_nothing_but_what_a_job_says(path: Path) -> None:
    workflow = read_yaml(path)
    assert workflow["permissions"] == {}
    assert all("permissions" in job for job in workflow["jobs"].values())


def test_the_image_has_a_base_to_choose_and_an_unprivileged_user() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    last_stage = lines[max(i for i, line in enumerate(lines) if line.startswith("FROM ")) :]

    base = r"ARG BASE=python:3\.\d+-slim@sha256:[0-9a-f]{64}"
    assert any(re.fullmatch(base, line) for line in lines)
    assert last_stage[0] == "FROM ${BASE}"
    assert "USER 10001:10001" in last_stage
    assert "WORKDIR /work" in last_stage
