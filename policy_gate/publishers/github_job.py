"""The GitHub job that the gate runs in, from its environment and the event that caused it.

Sources: https://docs.github.com/en/actions/reference/workflows-and-actions/variables and
https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policy_gate.publishers.environment import COMMIT, TOKEN, is_url

MAX_EVENT = 25_000_000
"""Bytes of the event of a job: as many as a webhook may have."""

_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]+/(?!\.{1,2}$)[A-Za-z0-9_.-]+", re.ASCII)
_REF = re.compile(r"refs/[A-Za-z0-9_.+@/-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Job:
    """Where and what to publish; empty where it is not known."""

    api_url: str
    token: str
    repository: str
    """As `owner/name`."""

    commit: str
    """The head of the pull request, else the commit that the job is about."""

    ref: str
    """As `refs/heads/main`, and `refs/pull/7/head` for a pull request."""

    pull_request: int | None
    obstacle: str = ""
    """Why nothing can be published by calls, as `GITHUB_TOKEN is not set`."""

    knows_event: bool = True
    """Could the event be read? If not, it may have been about a pull request."""

    run_url: str = ""
    """The page of the workflow run."""

    @property
    def path(self) -> str:
        """What the paths of the repository begin with in the API."""
        return f"/repos/{self.repository}"


def current_job() -> Job:
    """The job as far as its environment tells. Raises nothing."""
    event, unreadable = _event()
    number, head = _pull_request(event)
    sha = os.environ.get("GITHUB_SHA", "")
    commit = head or (sha if COMMIT.fullmatch(sha) else "")
    repository = os.environ.get("GITHUB_REPOSITORY", "")
    token = os.environ.get("GITHUB_TOKEN", "").strip()
    api_url = os.environ.get("GITHUB_API_URL", "").rstrip("/")
    obstacle = _obstacle(api_url, token, repository) or unreadable
    if not obstacle and not commit:
        obstacle = "neither the event nor GITHUB_SHA names a commit"
    return Job(
        api_url,
        token,
        repository,
        commit,
        f"refs/pull/{number}/head" if number else _ref(event),
        number,
        obstacle,
        not unreadable,
        _run_url(repository),
    )


def _obstacle(api_url: str, token: str, repository: str) -> str:
    if not is_url(api_url):
        return "GITHUB_API_URL is not set, or is no URL"
    if not _REPOSITORY.fullmatch(repository):
        return "GITHUB_REPOSITORY is not set, or is not of the form owner/name"
    if not token:
        return "GITHUB_TOKEN is not set (`env: {GITHUB_TOKEN: ${{ github.token }}}` sets it)"
    return "" if TOKEN.fullmatch(token) else "GITHUB_TOKEN is no token"


def _event() -> tuple[Any, str]:
    """The event, and why it could not be read."""
    path = os.environ.get("GITHUB_EVENT_PATH", "")
    try:
        with Path(path).open("rb") as file:
            return json.loads(file.read(MAX_EVENT)), ""
    except OSError:
        return None, "GITHUB_EVENT_PATH names no file that can be read"
    except (ValueError, RecursionError):
        return None, "the event that GITHUB_EVENT_PATH names is no JSON, or cut off"


def _pull_request(event: Any) -> tuple[int | None, str]:
    """Number and head of the pull request of an event, if it is about one."""
    try:
        number, head = event["pull_request"]["number"], event["pull_request"]["head"]["sha"]
    except (KeyError, TypeError, IndexError):
        return None, ""
    is_number = isinstance(number, int) and not isinstance(number, bool) and number > 0
    is_commit = isinstance(head, str) and COMMIT.fullmatch(head)
    return (number, head) if is_number and is_commit else (None, "")


def _ref(event: Any) -> str:
    ref = event.get("ref") if isinstance(event, dict) else None
    ref = ref or os.environ.get("GITHUB_REF", "")
    return ref if isinstance(ref, str) and _REF.fullmatch(ref) else ""


def _run_url(repository: str) -> str:
    server, run = os.environ.get("GITHUB_SERVER_URL", ""), os.environ.get("GITHUB_RUN_ID", "")
    if is_url(server) and run.isascii() and run.isdigit() and _REPOSITORY.fullmatch(repository):
        return f"{server.rstrip('/')}/{repository}/actions/runs/{run}"
    return ""
