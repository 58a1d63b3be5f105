"""A hook of MkDocs: links out of docs/ lead to the repository.

On GitHub a page links to `../examples/github` as it stands. The site has no such page, so there the
link becomes one to the repository. A file that does not exist is a warning, which ends a strict
build. Source: https://www.mkdocs.org/user-guide/configuration/#hooks
"""

from __future__ import annotations

import logging
import posixpath
import re
from pathlib import Path
from typing import Any

BRANCH = "main"

_ROOT = Path(__file__).resolve().parent.parent
_LINK = re.compile(r"(?<=\]\()(?:\.\./)+[^)\s#]*")
_CODE = re.compile(r"(?ms)(^ *```.*?^ *```$|`[^`\n]+`)")
_log = logging.getLogger("mkdocs.hooks.site_links")


def on_page_markdown(markdown: str, page: Any, config: Any, **_: Any) -> str:
    """The text of a page with its links out of docs/ made absolute; what is code stays."""
    folder = posixpath.dirname(f"docs/{page.file.src_uri}")
    parts = _CODE.split(markdown)
    return "".join(
        part if index % 2 else _linked(part, folder, config["repo_url"])
        for index, part in enumerate(parts)
    )


def _linked(text: str, folder: str, repository: str) -> str:
    def address(found: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, found[0]))
        if path.startswith("docs/"):
            return found[0]
        if path.startswith("..") or not (_ROOT / path).exists():
            _log.warning("In %s, the link %s leads to no file of the repository", folder, found[0])
        kind = "tree" if (_ROOT / path).is_dir() else "blob"
        return f"{repository}/{kind}/{BRANCH}/{path}"

    return _LINK.sub(address, text)
