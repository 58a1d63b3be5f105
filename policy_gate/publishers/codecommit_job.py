"""The CodeBuild build that the gate runs in, and the CodeCommit pull request that it is for.

CodeBuild knows no pull requests of CodeCommit: who starts the build passes `pullRequestId` on, as
docs/codebuild.md shows. Source:
https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

PULL_REQUEST = "pullRequestId"
"""The variable, called as in the events of CodeCommit."""

_NUMBER = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}", re.ASCII)
_BUILD = re.compile(r"[\w:./-]{1,200}", re.ASCII)
_REPOSITORY = re.compile(r"[\w.-]{1,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Job:
    """Where and what to publish; empty where it is not known."""

    pull_request: str
    commit: str
    """The one that was checked out."""

    repository: str
    build: str
    """As `project:uuid`."""

    obstacle: str
    """Why nothing can be published."""


def current_job() -> Job:
    """The build as far as its environment tells. Raises nothing."""
    number = _matching(_NUMBER, os.environ.get(PULL_REQUEST, ""))
    address = os.environ.get("CODEBUILD_SOURCE_REPO_URL", "").rstrip("/")
    return Job(
        number,
        _matching(_COMMIT, os.environ.get("CODEBUILD_RESOLVED_SOURCE_VERSION", "")),
        _matching(_REPOSITORY, address.rpartition("/")[2]),
        _matching(_BUILD, os.environ.get("CODEBUILD_BUILD_ID", "")),
        "" if number else f"{PULL_REQUEST} is not set, or is no number",
    )


def _matching(form: re.Pattern[str], text: str) -> str:
    return text if form.fullmatch(text) else ""
