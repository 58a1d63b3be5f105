"""Paths as a platform knows them: from the root of the repository, never absolute."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from policy_gate.extractors.one_file import STANDARD_INPUT

OUTSIDE = "external"
"""The folder that files outside of the repository are shown in."""

_LONGEST = 4096
"""Characters of a path; Linux has none that is longer."""


class Repository:
    """The repository around the working directory, or that directory where there is none."""

    def __init__(self) -> None:
        self._here = Path.cwd()
        above = (self._here, *self._here.parents)
        self.root = next((path for path in above if (path / ".git").exists()), self._here)
        self._paths: dict[str, str] = {}

    def path(self, name: str) -> str:
        """The path of a file of the report, `/` between its parts.

        Of a file that is not in the repository only the name is told.
        """
        if name not in self._paths:
            self._paths[name] = self._relative(name)
        return self._paths[name]

    def _relative(self, name: str) -> str:
        if name == STANDARD_INPUT:
            return f"{OUTSIDE}/stdin"
        absolute = os.path.normpath(self._here / name[:_LONGEST])
        if os.path.commonpath([absolute, self.root]) == str(self.root):
            return Path(absolute).relative_to(self.root).as_posix()
        return f"{OUTSIDE}/{Path(absolute).name}"

    def uri(self, name: str) -> str:
        """The same as a relative URI reference (RFC 3986)."""
        path = self.path(name)
        try:
            data = path.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            data = path.encode("utf-8", "backslashreplace")
        return quote(data, safe="/")
