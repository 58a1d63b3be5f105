"""What the site makes of pages, as far as it needs no MkDocs: `make docs` builds it."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from tests.docs.pages import ROOT
from tools import site_markdown
from tools.site_markdown import on_page_markdown

CONFIG = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
REPOSITORY = CONFIG["repo_url"]


def shown(text: str, page: str = "running.md") -> str:
    return on_page_markdown(
        text, SimpleNamespace(file=SimpleNamespace(src_uri=page)), {"repo_url": REPOSITORY}
    )


def paths(entries: list[Any]) -> list[str]:
    """The pages of a navigation, in order."""
    values = [value for entry in entries for value in entry.values()]
    lists = [paths(value) if isinstance(value, list) else [value] for value in values]
    return [path for pages in lists for path in pages]


def test_every_page_is_in_the_navigation_once() -> None:
    docs = ROOT / "docs"
    written = [path.relative_to(docs).as_posix() for path in docs.rglob("*.md")]
    listed = [path for path in written if "_" not in path]  # the overview lists the codes
    assert sorted(paths(CONFIG["nav"])) == sorted(listed)


def test_a_build_ends_at_any_link_that_leads_nowhere() -> None:
    assert CONFIG["strict"] is True
    found = [value for part in CONFIG["validation"].values() for value in part.values()]
    assert set(found) == {"warn"}
    # With --quiet MkDocs counts no warnings.
    assert "mkdocs build --strict\n" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_links_out_of_the_pages_lead_to_the_repository(caplog: pytest.LogCaptureFixture) -> None:
    assert shown("[a](../examples/github)") == f"[a]({REPOSITORY}/tree/main/examples/github)"
    assert shown("[a](../SECURITY.md#reporting-a-vulnerability)") == (
        f"[a]({REPOSITORY}/blob/main/SECURITY.md#reporting-a-vulnerability)"
    )
    for own in (
        "[a](github.md)",
        "`[a](../x)`",
        "```sh\n[a](../x)\n```\n",
        "[a](https://x.example)",
    ):
        assert shown(own) == own
    assert shown("[a](../aws.md)", "checks/README.md") == "[a](../aws.md)"
    assert not caplog.records


@pytest.mark.parametrize("link", ["../nothing.md", "../README.md#nothing", "../../outside"])
def test_a_link_that_leads_nowhere_is_a_warning(
    link: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A program of another test may have disabled the loggers that there were.
    monkeypatch.setattr(site_markdown.log, "disabled", False)
    shown(f"[a]({link})")
    (record,) = caplog.records
    assert (record.levelno, record.name.partition(".")[0]) == (logging.WARNING, "mkdocs")
    assert "docs/running.md" in record.message


def test_a_bar_in_code_in_a_table_is_a_bar() -> None:
    assert shown(r"| `a \| b` | c \| d |") == r"| `a | b` | c \| d |"
