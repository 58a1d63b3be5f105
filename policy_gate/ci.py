"""What the environment says of the CI job that the gate runs in."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

_CI = ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "CODEBUILD_BUILD_ID", "JENKINS_URL", "TF_BUILD")
_CHECKOUTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "CODEBUILD_SRC_DIR", "WORKSPACE")
_TRUSTED_EVENTS = ("merge_group", "push", "release", "schedule", "workflow_dispatch")
"""Those of GitHub that only somebody with write access to the repository causes."""

_MAX_EVENT = 25_000_000
"""Bytes: an event is as large as a webhook may be."""


def is_ci() -> bool:
    """Does the gate run in a CI job?"""
    return any(os.environ.get(name, "").lower() not in ("", "0", "false") for name in _CI)


def is_in_checkout(path: Path) -> bool:
    """Does a path lie in the repository that the job checked out, or that the gate runs in?"""
    resolved, here = path.resolve(), Path.cwd().resolve()
    above = (here, *here.parents)
    roots = [next((folder for folder in above if (folder / ".git").exists()), here)]
    roots += [Path(os.environ[name]).resolve() for name in _CHECKOUTS if os.environ.get(name)]
    return any(resolved.is_relative_to(root) for root in roots)


def is_untrusted_change() -> bool:
    """Is the job about a pull request from another repository, or caused by who knows whom?

    What the job reads, caches that it restores included, may then be made by anyone. Sources:
    https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
    https://docs.github.com/en/webhooks/webhook-events-and-payloads and
    https://docs.gitlab.com/ci/variables/predefined_variables/
    """
    if event := os.environ.get("GITHUB_EVENT_NAME"):
        path = os.environ.get("GITHUB_EVENT_PATH", "")
        return event not in _TRUSTED_EVENTS and _is_of_a_fork(path)
    source = os.environ.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID")
    return source != os.environ.get("CI_MERGE_REQUEST_PROJECT_ID")


def _is_of_a_fork(path: str) -> bool:
    """Yes also where the event does not say: a deleted repository has no name any more."""
    try:
        with Path(path).open("rb") as file:
            event: Any = json.loads(file.read(_MAX_EVENT))
        if run := event.get("workflow_run"):
            sides = [run["head_repository"]["full_name"], event["repository"]["full_name"]]
        else:
            sides = [event["pull_request"][side]["repo"]["full_name"] for side in ("head", "base")]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return True
    return bool(sides[0] != sides[1])
