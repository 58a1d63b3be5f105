"""Every command that README and docs/ show does what the page says.

The commands of a page run in their order in one folder: the files of folders/common, and those of
the folder that is called after the page. What a page shows of the output is what is printed. What
shows none ends with 0 or 2 and says nothing on stderr.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.command_line import Ran
from tests.docs.commands import SHELLS, Command, commands, is_shown, run, undated
from tests.docs.elsewhere import ELSEWHERE, exists, runner
from tests.docs.pages import ROOT, blocks, pages
from tests.repositories import Repository

FOLDERS = Path(__file__).parent / "folders"
TEMPLATE = ROOT / "examples" / "getting-started" / "template.yaml"
DATA = {
    "inputs": {
        "cdk.out": "tests/data/cdk-app/cdk.out",
        "plan.json": "tests/data/aws-role/github.plan.json",
    },
    "quick-start": {"examples": "examples"},
}
"""Files of the repository that the commands of a page read, by the names that they have there."""

SHOWN = {
    page: [command for block in blocks(page, *SHELLS) for command in commands(block)]
    for page in pages()
    if page.name != "first-minute.md"  # tests/commands/test_first_minute.py makes all of it anew
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where commands run: the working copy of a repository whose origin has `main`."""
    origin = Repository(tmp_path / "origin")
    shutil.copytree(FOLDERS / "common", origin.folder, dirs_exist_ok=True)
    shutil.copy(TEMPLATE, origin.folder)
    origin.commit("first")
    folder = origin.clone(tmp_path / "work").folder
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(
    "page", [page for page in SHOWN if SHOWN[page]], ids=lambda page: page.stem
)
def test_the_commands_do_what_the_page_says(page: Path, folder: Path) -> None:
    if (FOLDERS / page.stem).is_dir():
        shutil.copytree(FOLDERS / page.stem, folder, dirs_exist_ok=True)
    for name, source in DATA.get(page.stem, {}).items():
        path = ROOT / source
        (shutil.copytree if path.is_dir() else shutil.copy)(path, folder / name)
    ran = None
    for command in SHOWN[page]:
        if not runner(command.text):
            ran = run(command, ran)
            _check(command, ran)


def _check(command: Command, ran: Ran) -> None:
    if command.output is None:
        assert ran.status in (0, 2), f"{command.place}: {command.text}\n{ran.err}"
        assert "error" not in ran.err, f"{command.place}: {command.text}\n{ran.err}"
    elif not is_shown(command.output, ran.out + ran.err):
        pytest.fail(f"{command.place}: {command.text} prints\n{undated(ran.out + ran.err)}")


def test_what_runs_elsewhere_is_shown_and_runs_there() -> None:
    shown = [command.text for page in SHOWN for command in SHOWN[page]]
    assert not [start for start in ELSEWHERE if not any(text.startswith(start) for text in shown)]
    assert not [where for where in ELSEWHERE.values() if not exists(where)]
