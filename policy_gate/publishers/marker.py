"""Hidden markers, by which a later run finds the comments of an earlier one.

A marker is an HTML comment, which GitHub and GitLab keep and do not show. It counts only where it
is the first line of a comment that we wrote ourselves: everybody may write one into a comment.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_TAG = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_WORD = re.compile(r"[A-Za-z0-9._-]{1,100}", re.ASCII)
_MARKER = re.compile(
    r"<!-- policy-gate tag=([A-Za-z0-9._-]+)(?: commit=([0-9a-f]+))?(?: finding=([A-Za-z0-9._-]+))?"
    r" -->(?:\r?\n|$)",
    re.ASCII,
)


class Marker(NamedTuple):
    """What a comment is about."""

    tag: str
    commit: str = ""
    """The hash that the report is of."""

    finding: str = ""
    """A fingerprint, where the comment is about one finding."""

    def __str__(self) -> str:
        commit = f" commit={self.commit}" if self.commit else ""
        finding = f" finding={self.finding}" if self.finding else ""
        return f"<!-- policy-gate tag={self.tag}{commit}{finding} -->"

    def on(self, text: str) -> str:
        """The text with the marker as its first line."""
        return f"{self}\n{text}"


def marker_of(body: str | None) -> Marker | None:
    """The marker that a comment begins with, None where it has none."""
    found = _MARKER.match(body or "")
    return Marker(found[1], found[2] or "", found[3] or "") if found else None


def is_tag(text: str) -> bool:
    """Can the text be a tag?"""
    return _TAG.fullmatch(text) is not None


def is_markable(fingerprint: str) -> bool:
    """Can the fingerprint stand in a marker?"""
    return _WORD.fullmatch(fingerprint) is not None
