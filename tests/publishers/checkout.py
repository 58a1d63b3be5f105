"""The folder and the environment of a job, on whichever platform."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Ran, allow, gate, template

BAD = "iam:CreateUser"
CHECKS = "checks: {access-not-granted: {actions: ['iam:CreateUser', 'iam:DeleteUser']}}\n"


def diff_of(text: str) -> str:
    """The diff that adds a file."""
    lines = text.split("\n")
    return "\n".join([f"@@ -0,0 +1,{len(lines)} @@", *(f"+{line}" for line in lines)])


class Checkout:
    """A folder of its own, as the working directory."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.patch = monkeypatch
        (folder / ".git").mkdir()
        monkeypatch.chdir(folder)

    def set(self, **variables: str | None) -> None:
        for name, value in variables.items():
            if value is None:
                self.patch.delenv(name, raising=False)
            else:
                self.patch.setenv(name, value)

    def write(self, *actions: str, name: str = "role.json") -> None:
        """A template with a statement for each action."""
        (self.folder / name).write_text(template(*(allow(action) for action in actions)))

    def configure(self, text: str) -> None:
        (self.folder / ".policy-gate.yml").write_text(text)

    def run(self, *arguments: str) -> Ran:
        return gate("run", ".", *arguments)
