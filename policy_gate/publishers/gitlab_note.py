"""The one note on a merge request: made once, then updated in place.

Source: https://docs.gitlab.com/api/notes/#merge-requests
"""

from __future__ import annotations

from typing import Any

from policy_gate.publishers.gitlab_api import GitLabApi
from policy_gate.publishers.gitlab_job import Job
from policy_gate.publishers.marker import Marker, marker_of
from policy_gate.publishers.parts import RefusalError

_NOTES = "/notes"


def update_note(api: GitLabApi, job: Job, tag: str, text: str) -> None:
    """Writes the note of a tag, unless it is about a newer commit. Raises RefusalError.

    Of two that runs at the same time have made, the older one stays.
    """
    newest = api.open_merge_request().get("sha")
    body = {"body": Marker(tag, job.head).on(text)}
    kept = _notes(api, tag)
    if kept:
        marker = marker_of(kept[0].get("body"))
        if marker and marker.commit == newest != job.head:
            raise RefusalError("the note is about a newer commit already")
        if _edit(api, kept[0], body):
            _remove(api, kept[1:])
            return
    made = _make(api, tag, body)
    kept = _notes(api, tag)
    if kept and kept[0]["id"] != made:
        _edit(api, kept[0], body)
    _remove(api, kept[1:])


def _notes(api: GitLabApi, tag: str) -> list[dict[str, Any]]:
    """Ours, the oldest first."""
    found = []
    for note in api.pages(_NOTES):
        marker = marker_of(note.get("body"))
        if marker and marker.tag == tag and not marker.finding and api.is_own(note.get("author")):
            found.append(note)
    return sorted(found, key=lambda note: int(note["id"]))


def _make(api: GitLabApi, tag: str, body: dict[str, Any]) -> object:
    """The id of the new note; None where it was made although GitLab did not say so."""
    try:
        return api.post(_NOTES, body).get("id")
    except RefusalError as refusal:
        is_certain = 0 < refusal.status < 500
        if is_certain or not _notes(api, tag):
            raise
    return None


def _edit(api: GitLabApi, note: dict[str, Any], body: dict[str, Any]) -> bool:
    """False where somebody has deleted it meanwhile."""
    try:
        api.put(f"{_NOTES}/{int(note['id'])}", body)
    except RefusalError as refusal:
        if refusal.status == 404:
            return False
        raise
    return True


def _remove(api: GitLabApi, notes: list[dict[str, Any]]) -> None:
    for note in notes:
        api.delete(f"{_NOTES}/{int(note['id'])}")
