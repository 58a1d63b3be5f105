"""The GitLab job that the gate runs in, from its environment.

Source: https://docs.gitlab.com/ci/variables/predefined_variables/
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from policy_gate.publishers.environment import COMMIT, TOKEN, is_url

_API = "/api/v4"
_NUMBER = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_JOB_TOKEN = "glcbt-"
"""What the token of a job begins with, in recent versions."""


@dataclass(frozen=True, slots=True)
class Job:
    """Where and what to publish; empty where it is not known."""

    url: str
    """Of the instance, to which `/api/v4` is added."""

    token: str
    project: str
    """The id of the project that the job runs in."""

    commit: str
    """The commit that the pipeline is for."""

    pipeline: str
    target_project: str
    """The id of the project of the merge request."""

    merge_request: str
    """Its number in the project; empty where the pipeline is for none."""

    head: str
    """The newest commit of the source branch when the pipeline began."""

    job_url: str
    obstacle: str
    """Why nothing can be published, as `GITLAB_TOKEN is not set`."""


def current_job() -> Job:
    """The job as far as its environment tells. Raises nothing."""
    url = _instance()
    token = os.environ.get("GITLAB_TOKEN", "").strip()
    project = _matching(_NUMBER, "CI_PROJECT_ID")
    commit = _matching(COMMIT, "CI_COMMIT_SHA")
    job_url = os.environ.get("CI_JOB_URL", "")
    return Job(
        url,
        token,
        project,
        commit,
        _matching(_NUMBER, "CI_PIPELINE_ID"),
        _matching(_NUMBER, "CI_MERGE_REQUEST_PROJECT_ID") or project,
        _matching(_NUMBER, "CI_MERGE_REQUEST_IID"),
        # Set where the pipeline is for the merged result, whose commit is on no branch.
        _matching(COMMIT, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or commit,
        job_url if is_url(job_url) else "",
        _obstacle(url, token, project, commit),
    )


def _instance() -> str:
    api = os.environ.get("CI_API_V4_URL", "").rstrip("/")
    url = api.removesuffix(_API) if api.endswith(_API) else os.environ.get("CI_SERVER_URL", "")
    return url.rstrip("/") if is_url(url) else ""


def _obstacle(url: str, token: str, project: str, commit: str) -> str:
    if not url:
        return "neither CI_API_V4_URL nor CI_SERVER_URL is the URL of a GitLab"
    if not project or not commit:
        return "CI_PROJECT_ID or CI_COMMIT_SHA is not set"
    if not token:
        return _needs("GITLAB_TOKEN is not set, and CI_JOB_TOKEN may not write comments")
    if not TOKEN.fullmatch(token):
        return "GITLAB_TOKEN is no token"
    if token == os.environ.get("CI_JOB_TOKEN", "").strip() or token.startswith(_JOB_TOKEN):
        return _needs("GITLAB_TOKEN is a CI_JOB_TOKEN, which may not write comments")
    return ""


def _needs(fact: str) -> str:
    return (
        f"{fact}: give the job a project access token with the scope api as GITLAB_TOKEN."
        " Reports in files are there all the same"
    )


def _matching(form: re.Pattern[str], variable: str) -> str:
    text = os.environ.get(variable, "")
    return text if form.fullmatch(text) else ""
