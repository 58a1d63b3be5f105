"""A hook of MkDocs: pages are written for GitHub, and this is what the site reads otherwise.

A link out of docs/, as `../examples/github`, becomes one to the repository; one to a file or a
heading that does not exist is a warning, which ends a strict build. A bar in code in a table is
`\\|` on GitHub and `|` here. Source: https://www.mkdocs.org/user-guide/configuration/#hooks
"""

from __future__ import annotations

import logging
import posixpath
import re
from pathlib import Path
from typing import Any

BRANCH = "main"

_ROOT = Path(__file__).resolve().parent.parent
_LINK = re.compile(r"(?<=\]\()((?:\.\./)+[^)\s#]*)(?:#([^)\s]+))?")
_CODE = re.compile(r"(?ms)(^ *```.*?^ *```$|`[^`\n]+`)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
log = logging.getLogger("mkdocs.hooks.site_markdown")


def on_page_markdown(markdown: str, page: Any, config: Any, **_: Any) -> str:
    """The text of a page as the site reads it; blocks of code stay."""
    file = f"docs/{page.file.src_uri}"
    parts = _CODE.split(markdown)
    return "".join(
        _code(part) if index % 2 else _linked(part, file, config["repo_url"])
        for index, part in enumerate(parts)
    )


def _code(text: str) -> str:
    return text if "\n" in text else text.replace(r"\|", "|")


def _linked(text: str, file: str, repository: str) -> str:
    def address(found: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(file), found[1]))
        if path.startswith("docs/"):
            return found[0]
        if path.startswith("..") or not _is_there(_ROOT / path, found[2]):
            log.warning("In %s, the link %s leads nowhere in the repository", file, found[0])
        kind = "tree" if (_ROOT / path).is_dir() else "blob"
        return f"{repository}/{kind}/{BRANCH}/{path}" + (f"#{found[2]}" if found[2] else "")

    return _LINK.sub(address, text)


def _is_there(path: Path, anchor: str | None) -> bool:
    if anchor is None or not path.is_file():
        return path.exists() and anchor is None
    headings = _HEADING.findall(path.read_text(encoding="utf-8").lower())
    return anchor in {re.sub(r"[^\w -]", "", text).replace(" ", "-") for text in headings}
