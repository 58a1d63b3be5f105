"""What the files of a module define, where not all of them can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_gate.extractors.terraform.hcl.sources import ModuleSources

LOCALS = 'locals {\n  a = "main"\n}\n'


def local(folder: Path, **files: str) -> str | None:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    found = ModuleSources(folder, folder).local("a")
    return found.text if found else None


def test_override_files_come_last(tmp_path: Path) -> None:
    assert local(tmp_path, main__tf=LOCALS) == '"main"'
    assert local(tmp_path, b_override__tf='locals {\n  a = "b"\n}\n') == '"b"'


@pytest.mark.parametrize("key", ["a", "\\u0061"])
def test_what_a_json_file_may_define_is_not_told(tmp_path: Path, key: str) -> None:
    files = {"main__tf": LOCALS, "override__tf__json": f'{{"locals": {{"{key}": "*"}}}}'}
    assert local(tmp_path, **files) is None


def test_what_opentofu_would_read_otherwise_is_not_told(tmp_path: Path) -> None:
    assert local(tmp_path, main__tofu=LOCALS) == '"main"'
    assert local(tmp_path, main__tf='locals {\n  a = "*"\n}\n') is None


def test_a_file_that_cannot_be_read_may_override_all(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "outside.tf").write_text('locals {\n  a = "*"\n}\n')
    (project / "override.tf").symlink_to(tmp_path / "outside.tf")
    assert local(project, main__tf=LOCALS) is None
