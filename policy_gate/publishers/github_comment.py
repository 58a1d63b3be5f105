"""The one comment on a pull request: made once, then updated in place."""

from __future__ import annotations

from typing import Any

from policy_gate.publishers.github_api import GitHubApi
from policy_gate.publishers.github_job import Job
from policy_gate.publishers.marker import Marker, marker_of
from policy_gate.publishers.parts import RefusalError

MAX_COMMENT = 65_536
"""Characters of a comment on GitHub."""


def update_comment(api: GitHubApi, job: Job, tag: str, text: str) -> None:
    """Writes the comment of a tag, unless it is about a newer commit. Raises RefusalError.

    Of two that runs at the same time have made, the older one stays.
    """
    marker = Marker(tag, job.commit)
    body = {"body": marker.on(text)}
    kept = _comments(api, job, tag)
    if kept:
        _refuse_if_newer(api, job, kept[0])
        if _edit(api, kept[0], body):
            _remove(api, kept[1:])
            return
    made = api.post(f"/issues/{job.pull_request}/comments", body)
    kept = _comments(api, job, tag)
    if kept and kept[0]["id"] != made.get("id"):
        _edit(api, kept[0], body)
    _remove(api, kept[1:])


def _comments(api: GitHubApi, job: Job, tag: str) -> list[dict[str, Any]]:
    """Ours, the oldest first."""
    found = []
    for comment in api.pages(f"/issues/{job.pull_request}/comments"):
        marker = marker_of(comment.get("body"))
        if marker and marker.tag == tag and not marker.finding and api.wrote(comment):
            found.append(comment)
    return sorted(found, key=lambda comment: int(comment["id"]))


def _refuse_if_newer(api: GitHubApi, job: Job, comment: dict[str, Any]) -> None:
    marker = marker_of(comment.get("body"))
    if marker is None or marker.commit == job.commit:
        return
    head = api.get(f"/pulls/{job.pull_request}").get("head")
    if isinstance(head, dict) and head.get("sha") == marker.commit:
        raise RefusalError("the comment is about a newer commit already")


def _edit(api: GitHubApi, comment: dict[str, Any], body: dict[str, Any]) -> bool:
    """False where somebody has deleted it meanwhile."""
    try:
        api.patch(f"/issues/comments/{int(comment['id'])}", body)
    except RefusalError as refusal:
        if refusal.status == 404:
            return False
        raise
    return True


def _remove(api: GitHubApi, comments: list[dict[str, Any]]) -> None:
    for comment in comments:
        api.delete(f"/issues/comments/{int(comment['id'])}")
