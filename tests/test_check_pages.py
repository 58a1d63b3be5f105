"""The pages of docs/checks are those that `make docs` writes."""

from __future__ import annotations

from pathlib import Path

from policy_gate.explanations import explanations
from tools.make_check_pages import FOLDER, markdown, pages, write

ROOT = Path(__file__).resolve().parent.parent


def test_the_pages_are_current() -> None:
    assert FOLDER == ROOT / "docs" / "checks"
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*")}
    assert written == pages()


def test_pages_of_codes_that_are_gone_are_removed(tmp_path: Path) -> None:
    (tmp_path / "GONE.md").write_text("x")
    write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == pages().keys()


def test_markup_in_texts_is_text() -> None:
    assert markdown("a*b_c <d> `e*f` #1") == r"a\*b\_c \<d\> `e*f` \#1"


def test_the_index_links_to_every_page() -> None:
    index = pages()["README.md"]
    for code in explanations():
        assert f"[{code}]({code}.md)" in index
