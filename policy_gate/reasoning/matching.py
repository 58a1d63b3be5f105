"""Whether one entry of a statement matches one action or resource.

Code of its own, apart from what the decision procedure does with patterns: it serves to confirm
witnesses, and to say which entry of a statement a witness is about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from policy_gate.casing import folded

_SEGMENTS = 6
_WILD = re.compile(r"[*?]")


def action_matches(pattern: str, action: str) -> bool:
    """Whether an Action entry matches an action; case does not matter."""
    return glob_matches(list(folded(pattern)), folded(action))


def resource_matches(pattern: str, resource: str) -> bool:
    """Whether a Resource entry without policy variables certainly matches a resource.

    In an ARN pattern the first five segments are matched one by one; a `*` at the end of a
    shorter one matches the rest.
    """
    return arn_matches(list(pattern), resource)


def arn_matches(pattern: Sequence[str], text: str) -> bool:
    """`resource_matches` for the elements of `glob_matches`."""
    if "".join(pattern[:4]) != "arn:":
        return glob_matches(pattern, text)
    segments = _split(pattern)
    values = text.split(":", _SEGMENTS - 1)
    open_end = len(segments) < _SEGMENTS and segments[-1][-1:] == ["*"]
    if len(values) != len(segments) and not (open_end and len(values) > len(segments)):
        return False
    return all(
        glob_matches(segment, value) for segment, value in zip(segments, values, strict=False)
    )


def glob_matches(pattern: Sequence[str], text: str) -> bool:
    """Whether the elements match the whole text.

    An element is `*`, `?`, a character, or `=` and a character that is meant literally.
    Takes at most len(pattern) * len(text) steps.
    """
    if pattern == "*":
        return True
    if isinstance(pattern, str) and not _WILD.search(pattern):
        return pattern == text
    position = index = 0
    star, resume = -1, 0
    while index < len(text):
        element = pattern[position] if position < len(pattern) else None
        if element == "*":
            star, resume = position, index
            position += 1
        elif element is not None and (element == "?" or element[-1] == text[index]):
            position += 1
            index += 1
        elif star >= 0:
            resume += 1
            position, index = star + 1, resume
        else:
            return False
    return all(element == "*" for element in pattern[position:])


def _split(pattern: Sequence[str]) -> list[list[str]]:
    """The segments of an ARN pattern; the sixth holds the rest."""
    segments: list[list[str]] = [[]]
    for element in pattern:
        if element == ":" and len(segments) < _SEGMENTS:
            segments.append([])
        else:
            segments[-1].append(element)
    return segments
