"""Comments at changed lines: one for each finding, whatever line it moves to.

Source: https://docs.github.com/en/rest/pulls/comments and .../rest/pulls/reviews
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from policy_gate.publishers.diff import added_lines
from policy_gate.publishers.github_api import GitHubApi
from policy_gate.publishers.github_job import Job
from policy_gate.publishers.marker import Marker, is_markable, marker_of
from policy_gate.publishers.parts import RefusalError
from policy_gate.publishers.texts import Remark

MOST_COMMENTS = 30
"""Comments at lines in all; the comment on the pull request has every finding."""


class _Wanted(NamedTuple):
    path: str
    line: int
    body: str


def update_review_comments(
    api: GitHubApi, job: Job, tag: str, remarks: Iterable[Remark], *, removes: bool
) -> None:
    """Comments at changed lines that have a remark; removes those of remarks that are gone.

    Raises RefusalError.
    """
    wanted = _wanted(api, job, tag, remarks)
    here: set[str] = set()
    for comment in list(api.pages(f"/pulls/{job.pull_request}/comments")):
        marker = marker_of(comment.get("body"))
        if not marker or marker.tag != tag or not marker.finding or not api.wrote(comment):
            continue
        want = wanted.get(marker.finding)
        path = f"/pulls/comments/{int(comment['id'])}"
        if want is None:
            if removes:
                api.delete(path)
        elif marker.finding in here or not _is_at(comment, want):
            api.delete(path)
        else:
            here.add(marker.finding)
            if comment.get("body") != want.body:
                api.patch(path, {"body": want.body})
    _add(api, job, [want for finding, want in wanted.items() if finding not in here])


def _wanted(api: GitHubApi, job: Job, tag: str, remarks: Iterable[Remark]) -> Mapping[str, _Wanted]:
    """By fingerprint."""
    files = f"/pulls/{job.pull_request}/files"
    changed = {
        str(file.get("filename")): added_lines(str(file.get("patch") or ""))
        for file in api.pages(files)
    }
    wanted: dict[str, _Wanted] = {}
    for remark in remarks:
        added = changed.get(remark.path, frozenset())
        line = min((line for line in added if remark.line <= line <= remark.end_line), default=0)
        if line and is_markable(remark.fingerprint) and len(wanted) < MOST_COMMENTS:
            body = Marker(tag, finding=remark.fingerprint).on(remark.markdown)
            wanted[remark.fingerprint] = _Wanted(remark.path, line, body)
    return wanted


def _is_at(comment: dict[str, Any], want: _Wanted) -> bool:
    """Does the comment still stand at the line? An outdated one stands at none."""
    return (comment.get("path"), comment.get("line")) == (want.path, want.line)


def _add(api: GitHubApi, job: Job, wanted: list[_Wanted]) -> None:
    """All in one review, which notifies once; where GitHub refuses one of them, each by itself."""
    if not wanted:
        return
    comments = [
        {"path": want.path, "line": want.line, "side": "RIGHT", "body": want.body}
        for want in wanted
    ]
    try:
        review = {"commit_id": job.commit, "event": "COMMENT", "comments": comments}
        api.post(f"/pulls/{job.pull_request}/reviews", review)
    except RefusalError as refusal:
        if refusal.status != 422:
            raise
        _add_each(api, job, comments)


def _add_each(api: GitHubApi, job: Job, comments: list[dict[str, Any]]) -> None:
    refused = 0
    for comment in comments:
        try:
            api.post(f"/pulls/{job.pull_request}/comments", comment | {"commit_id": job.commit})
        except RefusalError as refusal:
            if refusal.status != 422:
                raise
            refused += 1
    if refused:
        raise RefusalError(f"GitHub takes no comment at {refused} of {len(comments)} lines")
