"""The image, built and run by docker, or by buildah and podman (make test-image)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.ways.tool import HARMFUL, HARMLESS, only_for

pytestmark = only_for("test-image")

RUN = os.environ.get("IMAGE_RUN", "").split()
"""The command that runs a container of the image, up to its options."""

IMAGE = os.environ.get("IMAGE", "")


def run(folder: Path, *arguments: str, options: Sequence[str] = ()) -> tuple[int, str]:
    """Exit status and output of a container with the folder as /work."""
    if not RUN:
        pytest.skip("there is neither docker with its daemon nor buildah and podman here")
    done = subprocess.run(
        [*RUN, "--rm", "--volume", f"{folder}:/work", *options, IMAGE, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(("template", "status"), [(HARMLESS, 0), (HARMFUL, 2)])
def test_the_container_checks_what_is_mounted(tmp_path: Path, template: str, status: int) -> None:
    (tmp_path / "template.yaml").write_text(template)
    tmp_path.chmod(0o755)
    assert run(tmp_path)[0] == status


def test_it_runs_as_nobody_in_particular(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    entry = ("--entrypoint", "sh")
    assert run(tmp_path, "-c", "id -u; pwd", options=entry) == (0, "10001\n/work\n")
    assert run(tmp_path, "-c", "touch x", options=entry)[0] != 0


def test_it_writes_reports_for_the_user_who_asks(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(HARMLESS)
    tmp_path.chmod(0o777)
    user = ("--user", "1234:1234")

    status, shown = run(tmp_path, "run", "--report", "json=report.json", options=user)

    assert status == 0, shown
    assert (tmp_path / "report.json").stat().st_uid == 1234


def test_it_reads_a_repository_of_another_user(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    tmp_path.chmod(0o755)
    status, shown = run(
        tmp_path, "rev-parse", "--is-inside-work-tree", options=("--entrypoint", "git")
    )
    assert (status, shown) == (0, "true\n")
