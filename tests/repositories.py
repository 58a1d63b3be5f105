"""Git repositories for tests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_NOBODY = {
    name: value
    for who in ("AUTHOR", "COMMITTER")
    for name, value in (
        (f"GIT_{who}_NAME", "Somebody"),
        (f"GIT_{who}_EMAIL", "somebody@example.com"),
        (f"GIT_{who}_DATE", "2026-01-01T00:00:00Z"),
    )
}


class Repository:
    """A repository whose first branch is `main`; nothing of the user's configuration counts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / ".git").exists():
            self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        """What a git command prints. Raises CalledProcessError where it fails."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **_NOBODY}
        done = subprocess.run(
            ["git", "-C", str(self.folder), *arguments],
            env=own | settings,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def commit(self, message: str) -> str:
        """The hash of a commit of everything that is there."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def clone(self, folder: Path, *options: str) -> Repository:
        self.git("clone", "-q", *options, f"file://{self.folder}", str(folder))
        return Repository(folder)
