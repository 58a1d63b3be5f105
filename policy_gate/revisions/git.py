"""The `git` command, asked in a way that runs nothing of the repository and changes nothing in it.

Only commands that read objects are run. Hooks, filters, textconv, file system monitors and lazy
fetches of partial clones stay off, whatever the repository's configuration says, and a bare
repository that somebody put into the checkout as a folder is none.
Source: https://git-scm.com/docs/git#_environment_variables and
https://git-scm.com/docs/git-config#Documentation/git-config.txt-safebareRepository
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

TIMEOUT = 120
"""Seconds that one command of git may take."""

_SETTINGS = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.quotePath=false",
    "log.showSignature=false",
    "protocol.allow=never",
    "safe.bareRepository=explicit",
)
_ENVIRONMENT = {
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_KEPT = ("GIT_CONFIG_", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM")
"""What the user's own environment may say to git: whose repositories to trust, where to look."""


class GitError(Exception):
    """git could not answer: `message` says what it said, and what to do where that is known."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def ask(folder: Path, *arguments: str) -> bytes:
    """What a git command prints about the repository of a folder. Raises GitError."""
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and names come after --end-of-options
            command(folder, *arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment(),
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise GitError(f"git {arguments[0]} gave no answer within {TIMEOUT} seconds") from error
    except (OSError, ValueError) as error:
        raise GitError(f"git cannot be run: {error}") from error
    if done.returncode != 0:
        raise GitError(_told(done.stderr) or f"git {arguments[0]} failed")
    return done.stdout


def command(folder: Path, *arguments: str) -> Sequence[str]:
    """The command line. Raises GitError where there is no git."""
    program = shutil.which("git")
    if program is None:
        raise GitError("there is no git command on the PATH: install git")
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    return (program, "--no-pager", "-C", str(folder), *settings, *arguments)


def environment() -> dict[str, str]:
    """The environment, in which no variable leads git to another repository or program."""
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.startswith(_KEPT)
    }
    return own | _ENVIRONMENT


def _told(output: bytes) -> str:
    """The first complaint of git, as one line."""
    text = output.decode("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if "dubious ownership" in text:
        return (
            "git does not trust this repository, which belongs to another user:"
            " `git config --global --add safe.directory FOLDER` makes it"
        )
    return lines[0].removeprefix("fatal: ") if lines else ""
