"""Discussions at changed lines: one for each finding, resolved when it is fixed.

Source: https://docs.gitlab.com/api/discussions/#merge-requests
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from policy_gate.publishers.diff import added_lines
from policy_gate.publishers.gitlab_api import GitLabApi
from policy_gate.publishers.gitlab_job import Job
from policy_gate.publishers.marker import Marker, is_markable, marker_of
from policy_gate.publishers.parts import RefusalError
from policy_gate.publishers.texts import Remark

MOST_DISCUSSIONS = 30
"""Discussions of a run; the note on the merge request has every finding."""

_DISCUSSIONS = "/discussions"
_ID = re.compile(r"[0-9a-f]{8,64}", re.ASCII)
_SHAS = ("base_sha", "start_sha", "head_sha")


class _File(NamedTuple):
    old_path: str
    added: frozenset[int]


class _Wanted(NamedTuple):
    position: dict[str, Any]
    body: str


class _Discussion(NamedTuple):
    """One of ours, by its first note."""

    path: str
    note: dict[str, Any]
    finding: str

    @property
    def is_resolved(self) -> bool:
        return bool(self.note.get("resolved"))


def update_discussions(
    api: GitLabApi, job: Job, tag: str, remarks: Sequence[Remark], *, resolves: bool
) -> None:
    """Begins discussions where there is none; resolves those of remarks that are gone.

    What a person has resolved stays so. Raises RefusalError.
    """
    wanted = _wanted(api, job, tag, remarks)
    found = {remark.fingerprint for remark in remarks}
    here: set[str] = set()
    for discussion in _own(api, tag):
        if discussion.finding in here or (resolves and discussion.finding not in found):
            if not discussion.is_resolved:
                api.put(discussion.path, {"resolved": True})
            continue
        here.add(discussion.finding)
        if want := wanted.get(discussion.finding):
            _update(api, discussion, want)
    _begin(api, [want for finding, want in wanted.items() if finding not in here])


def _wanted(api: GitLabApi, job: Job, tag: str, remarks: Sequence[Remark]) -> Mapping[str, _Wanted]:
    """By fingerprint."""
    shas = api.open_merge_request().get("diff_refs")
    if not isinstance(shas, dict) or not all(isinstance(shas.get(name), str) for name in _SHAS):
        raise RefusalError("the merge request has no diff yet")
    if shas["head_sha"] != job.head:
        raise RefusalError("the merge request has a newer commit than this job")
    files = {
        str(file.get("new_path")): _File(
            str(file.get("old_path")), added_lines(str(file.get("diff") or ""))
        )
        for file in api.pages("/diffs")
    }
    wanted: dict[str, _Wanted] = {}
    for remark in remarks:
        file = files.get(remark.path, _File("", frozenset()))
        lines = range(remark.line, remark.end_line + 1)
        changed = next((line for line in lines if line in file.added), None)
        if len(wanted) == MOST_DISCUSSIONS:
            break
        if changed and is_markable(remark.fingerprint):
            position = {
                "position_type": "text",
                "old_path": file.old_path,
                "new_path": remark.path,
                "new_line": changed,
                **{name: shas[name] for name in _SHAS},
            }
            body = Marker(tag, finding=remark.fingerprint).on(remark.markdown)
            wanted[remark.fingerprint] = _Wanted(position, body)
    return wanted


def _own(api: GitLabApi, tag: str) -> list[_Discussion]:
    found = []
    for discussion in api.pages(_DISCUSSIONS):
        notes = discussion.get("notes")
        note = notes[0] if isinstance(notes, list) and notes else None
        name = str(discussion.get("id"))
        if not isinstance(note, dict) or not note.get("resolvable") or not _ID.fullmatch(name):
            continue
        marker = marker_of(note.get("body"))
        if marker and marker.tag == tag and marker.finding and api.is_own(note.get("author")):
            found.append(_Discussion(f"{_DISCUSSIONS}/{name}", note, marker.finding))
    return found


def _update(api: GitLabApi, discussion: _Discussion, want: _Wanted) -> None:
    note = discussion.note
    if str(note.get("body")).rstrip() != want.body.rstrip():
        api.put(f"{discussion.path}/notes/{int(note['id'])}", {"body": want.body})
    if discussion.is_resolved and api.is_own(note.get("resolved_by")):
        api.put(discussion.path, {"resolved": False})


def _begin(api: GitLabApi, wanted: Sequence[_Wanted]) -> None:
    refused = 0
    for want in wanted:
        try:
            api.post(_DISCUSSIONS, {"body": want.body, "position": want.position})
        except RefusalError as refusal:
            if refusal.status not in (400, 422):
                raise
            refused += 1
    if refused:
        raise RefusalError(f"GitLab takes no discussion at {refused} of {len(wanted)} lines")
