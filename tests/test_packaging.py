from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest
import yaml

import policy_gate

ROOT = Path(__file__).parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def read_yaml(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


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


def test_there_is_a_lock_for_each_environment() -> None:
    assert [lock.name for lock in LOCKS] == [
        "bench.txt", "build.txt", "dask.txt", "run.txt", "test.txt",
    ]  # fmt: skip


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


@pytest.mark.parametrize("path", ["action.yml", ".github/workflows/test.yml"])
def test_no_script_has_an_expression_spliced_in(path: str) -> None:
    found = scripts(read_yaml(path))

    assert found
    assert not [script for script in found if "${{" in script]


def test_every_action_used_is_pinned_by_commit() -> None:
    for workflow in (ROOT / ".github" / "workflows").glob("*.yml"):
        for use in re.findall(r"uses: (\S+)", workflow.read_text(encoding="utf-8")):
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", use), use


def test_the_workflow_may_only_read() -> None:
    assert read_yaml(".github/workflows/test.yml")["permissions"] == {"contents": "read"}


def test_the_image_has_a_base_to_choose_and_an_unprivileged_user() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    last_stage = lines[max(i for i, line in enumerate(lines) if line.startswith("FROM ")) :]

    assert any(re.match(r"ARG BASE=python:3\.\d+-slim", line) for line in lines)
    assert last_stage[0] == "FROM ${BASE}"
    assert "USER 10001" in last_stage
