"""Where inputs are looked for, and how they are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_gate.extractors.discover import extract_paths
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.model import Extraction
from tests.command_line import allow, template

GOOD = template(allow("s3:GetObject"))


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


def write(name: str, text: str = GOOD) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def search(*paths: str) -> Extraction:
    return extract_paths([Path(path) for path in paths], [], ExtractSettings())


def files(found: Extraction) -> list[str]:
    return [policy.identity.file for policy in found.policies]


def test_a_file_is_judged_by_its_content_not_by_its_name() -> None:
    write("a.json")
    write("b.template")
    write("c")
    write("d.yaml", "name: not a template\n")
    write("e.txt", "words")

    found = search(".")

    assert files(found) == ["a.json", "b.template", "c"]
    assert found.skipped_files == 2


def test_some_folders_are_never_searched_whatever_gitignore_says() -> None:
    for folder in (".git", "node_modules", ".venv", ".terraform", "deep/node_modules"):
        write(f"{folder}/t.json")
    write("build/t.json")
    write(".hidden/t.json")
    write(".gitignore", "build\n")

    assert files(search(".")) == [".hidden/t.json", "build/t.json"]
    assert files(search("node_modules")) == ["node_modules/t.json"]
    assert files(search(".git/t.json")) == [".git/t.json"]


def test_paths_are_shown_as_the_user_would_write_them() -> None:
    write("a/t.json")
    write("../other/t.json")

    assert files(search("./a//t.json")) == ["a/t.json"]
    assert files(search(str(Path("a").absolute()))) == ["a/t.json"]
    assert files(search("../other")) == [Path("../other/t.json").resolve().as_posix()]


def test_the_order_of_the_paths_makes_no_difference() -> None:
    for name in ("b/2.json", "b/1.json", "a.json"):
        write(name)

    assert search("b", "a.json", "b/2.json") == search("b/2.json", "a.json", "b")
    assert sorted(files(search("a.json", "b"))) == ["a.json", "b/1.json", "b/2.json"]


def test_a_cloud_assembly_is_one_input() -> None:
    write("out/manifest.json", '{"artifacts": {"S": {"type": "aws:cloudformation:stack"}}}')
    write("out/S.template.json")
    write("out/assembly-Stage/T.template.json")
    write("site/manifest.json", '{"name": "a web page", "artifacts": []}')
    write("site/t.json")

    found = search(".")

    assert [item.identity.file for item in found.not_checked] == ["out"]
    # A manifest hides no template that it does not name.
    assert files(found) == [
        "out/S.template.json",
        "out/assembly-Stage/T.template.json",
        "site/t.json",
    ]
    assert files(search("out/S.template.json")) == ["out/S.template.json"]


def test_folders_and_links_to_them_may_be_named() -> None:
    write("a/t.json")
    Path("link").symlink_to("a")
    assert files(search("link")) == ["link/t.json"]
    assert len(files(search("link", "a"))) == 1


def test_a_path_that_no_file_system_knows_is_reported() -> None:
    found = search("a\0b", "x" * 5000)
    assert len(found.unreadable) == 2


def test_a_template_in_an_encoding_that_is_not_read_is_not_skipped() -> None:
    Path("t.json").write_bytes(GOOD.encode("utf-16-le"))

    (item,) = search(".").not_checked

    assert item.identity.file == "t.json"
