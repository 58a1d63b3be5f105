"""What the environment says of the CI job that the gate runs in."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

_CI = ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "CODEBUILD_BUILD_ID", "JENKINS_URL", "TF_BUILD")
_CHECKOUTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "CODEBUILD_SRC_DIR", "WORKSPACE")
_TRUSTED_EVENTS = ("merge_group", "push", "release", "schedule", "workflow_dispatch")
"""Those of GitHub that only somebody with write access to the repository causes."""

_OF_A_MERGE = ("pull_request", "pull_request_review", "pull_request_review_comment")
"""Those of which GITHUB_SHA is the merge of the pull request."""

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)
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
    event, path = (os.environ.get(f"GITHUB_EVENT_{part}", "") for part in ("NAME", "PATH"))
    if event:
        return event not in _TRUSTED_EVENTS and _is_of_a_fork(path)
    if path:
        return _tells_of_a_fork(path)
    source = os.environ.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID")
    return source != os.environ.get("CI_MERGE_REQUEST_PROJECT_ID")


def trusted_commits() -> tuple[str, ...] | None:
    """Commits of which the first that is there says how to judge the change of the job.

    None where the checkout may say so itself. They are hashes: a branch is that of the fork where
    the fork was cloned, and where it parted from the base somebody chose. Sources: those of
    is_untrusted_change.
    """
    event = os.environ.get("GITHUB_EVENT_NAME", "")
    if not is_untrusted_change() and event != "pull_request_target":
        return None
    if os.environ.get("CI_MERGE_REQUEST_IID"):
        names = ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "CI_MERGE_REQUEST_DIFF_BASE_SHA")
        told = [os.environ.get(name, "") for name in names]
    elif not _is_about_pull_request(event):
        told = [os.environ.get("GITHUB_SHA", "")]
    else:
        # Where the job runs for the base, its commit is one of the base.
        own = os.environ.get("GITHUB_SHA", "") if event == "pull_request_target" else ""
        told = [_base_commit("pull_request"), own]
    return tuple(filter(_COMMIT.fullmatch, told))


def _tells_of_a_fork(path: str) -> bool:
    """What an event says that is not of a runner, which would give its name."""
    try:
        is_pull_request = isinstance(_event(path)["pull_request"], dict)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False
    return is_pull_request and _is_of_a_fork(path)


def _is_about_pull_request(event: str) -> bool:
    """Yes also where the event does not say: then GITHUB_SHA may be what somebody proposes."""
    if event in _OF_A_MERGE:
        return True
    try:
        content = _event(os.environ.get("GITHUB_EVENT_PATH", ""))
    except (OSError, ValueError, RecursionError):
        return not event
    return not isinstance(content, dict) or "pull_request" in content


def merge_commit() -> str:
    """The commit in which GitHub has merged the pull request; empty where the job has none."""
    is_merge = os.environ.get("GITHUB_EVENT_NAME") in _OF_A_MERGE
    commit = os.environ.get("GITHUB_SHA", "")
    return commit if is_merge and _COMMIT.fullmatch(commit) else ""


class ProposedBase(NamedTuple):
    """What the change of a job is made to."""

    names: tuple[str, ...]
    """Names of the revision, the best one first; the last one is what people call it."""

    merge_commit: str = ""
    """The commit in which the platform has merged the change, where there is one."""


def proposed_base() -> ProposedBase | None:
    """What the pull request is made to that the job is about; None where it is about none.

    Sources: those of is_untrusted_change, and
    https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
    """
    environment = os.environ
    event = environment.get("GITHUB_EVENT_NAME", "")
    if event in ("pull_request", "pull_request_target", "merge_group"):
        branch = environment.get("GITHUB_BASE_REF", "")
        is_merge = environment.get("GITHUB_REF", "").endswith("/merge")
        names = (_base_commit(event), f"origin/{branch}" if branch else "", branch)
        merge = environment.get("GITHUB_SHA", "") if is_merge else ""
        return _proposed(names, merge)
    if environment.get("CI_MERGE_REQUEST_IID"):
        # The first is there only where the job is about the result of the merge.
        commits = ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "CI_MERGE_REQUEST_DIFF_BASE_SHA")
        branch = environment.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "")
        return _proposed((*(environment.get(name, "") for name in commits), branch))
    if environment.get("CODEBUILD_WEBHOOK_EVENT", "").startswith("PULL_REQUEST_"):
        branch = environment.get("CODEBUILD_WEBHOOK_BASE_REF", "").removeprefix("refs/heads/")
        return _proposed((f"origin/{branch}" if branch else "", branch))
    return None


def _proposed(names: Iterable[str], merge_commit: str = "") -> ProposedBase:
    told = tuple(dict.fromkeys(filter(None, names)))
    if is_untrusted_change():
        # A branch is that of the fork where the fork was cloned.
        told = tuple(filter(_COMMIT.fullmatch, told))
    return ProposedBase(told or ("the base",), merge_commit)


def _base_commit(event: str) -> str:
    """The commit that the event names, empty where it names none."""
    try:
        content = _event(os.environ.get("GITHUB_EVENT_PATH", ""))
        if event == "merge_group":
            return str(content["merge_group"]["base_sha"])
        return str(content["pull_request"]["base"]["sha"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""


def _event(path: str) -> Any:
    """What GitHub says of what caused the job. Raises OSError, ValueError and RecursionError."""
    with Path(path).open("rb") as file:
        return json.loads(file.read(_MAX_EVENT))


def _is_of_a_fork(path: str) -> bool:
    """Yes also where the event does not say: a deleted repository has no name any more."""
    try:
        event = _event(path)
        if run := event.get("workflow_run"):
            sides = [run["head_repository"]["full_name"], event["repository"]["full_name"]]
        else:
            change = event["pull_request"]
            if not any("repo" in change.get(side, ()) for side in ("head", "base")):
                # GitHub names both: whoever made this event says nothing of forks.
                return False
            sides = [change[side]["repo"]["full_name"] for side in ("head", "base")]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return True
    return bool(sides[0] != sides[1])
