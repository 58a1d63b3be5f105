"""The platforms by name. A platform's module is imported when the job runs there."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from policy_gate.publishers.interface import Publisher


class Platform(NamedTuple):
    module: str
    variables: tuple[str, ...]
    """Where all of them are set and not empty, the job is one of this platform."""


PLATFORMS = {
    "github": Platform("policy_gate.publishers.github", ("GITHUB_API_URL", "GITHUB_REPOSITORY")),
    "gitlab": Platform("policy_gate.publishers.gitlab", ("CI_API_V4_URL", "CI_PROJECT_ID")),
    "codecommit": Platform(
        "policy_gate.publishers.codecommit", ("CODEBUILD_BUILD_ID", "pullRequestId")
    ),
}
"""In the order in which they are recognised."""


def recognised_platform() -> str | None:
    """The platform that the job runs on, None where it is none that we know."""
    for name, platform in PLATFORMS.items():
        if all(os.environ.get(variable) for variable in platform.variables):
            return name
    return None


def find_publisher(name: str) -> Publisher:
    """The publisher that `--publish` calls `name`. Raises KeyError where there is none."""
    publisher: Publisher = import_module(PLATFORMS[name].module).PUBLISHER
    return publisher
