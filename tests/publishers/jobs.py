"""A job of GitHub about a pull request, and what the gate says in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policy_gate.publishers import github_answers, github_api
from tests.local_github import BOT, HEAD, NUMBER, REPOSITORY, LocalGitHub
from tests.publishers.checkout import Checkout, diff_of


def event(head: str = HEAD, repository: str = REPOSITORY) -> dict[str, Any]:
    """The event of a pull request, of a fork where the repository is another one."""
    sides = {
        "head": {"sha": head, "repo": {"full_name": repository}},
        "base": {"sha": "b" * 40, "repo": {"full_name": REPOSITORY}},
    }
    return {"pull_request": {"number": NUMBER, **sides}}


class Job(Checkout):
    """The environment of a job in a folder of its own."""

    def __init__(self, github: LocalGitHub, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(folder, monkeypatch)
        self.github = github
        self.summary = folder.parent / f"{folder.name}-summary.md"
        self.event_file = folder.parent / f"{folder.name}-event.json"
        monkeypatch.setattr(github_api, "SECONDS_BETWEEN_WRITES", None)
        monkeypatch.setattr(github_answers, "PAUSE", 0.0)
        monkeypatch.setattr(github_api, "PAUSE", 0.0)
        self.set(
            GITHUB_API_URL=github.url,
            GITHUB_TOKEN=BOT,
            GITHUB_REPOSITORY=REPOSITORY,
            GITHUB_SHA="c" * 40,
            GITHUB_EVENT_PATH=str(self.event_file),
            GITHUB_STEP_SUMMARY=str(self.summary),
        )
        self.event(event())

    def event(self, content: object) -> None:
        text = content if isinstance(content, str) else json.dumps(content)
        self.event_file.write_text(text)

    def write(self, *actions: str, name: str = "role.json") -> None:
        """A template with a statement for each action, which the pull request adds."""
        super().write(*actions, name=name)
        self.github.patches[name] = diff_of((self.folder / name).read_text())

    def summary_text(self) -> str:
        return self.summary.read_text() if self.summary.exists() else ""
