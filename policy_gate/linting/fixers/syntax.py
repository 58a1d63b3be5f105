"""The fixer of a text that is no JSON, where commas are all that is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from policy_gate.linting.edits import Edit, edited
from policy_gate.linting.fix import Fix
from policy_gate.linting.view import MAX_CHARACTERS, Place, PolicyView
from policy_gate.syntax.json_reader import read_json
from policy_gate.syntax.node import ReadError

_MAX_COMMAS = 20
_WHITE_SPACE = " \t\n\r"
_ENDS = '"]}0123456789el'
"""What a value ends with: those of `true`, `false` and `null` included."""

_BEGINS = '"[{'


def commas(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Removes commas before a closing bracket, and adds those that are missing between values."""
    del places
    text = policy.text if len(policy.text) <= MAX_CHARACTERS else ""
    edits: list[Edit] = []
    while len(edits) <= _MAX_COMMAS:
        offset = _error(edited(text, edits))
        if offset is None:
            return _fix(edits) if edits else None
        edit = _comma(text, _original(offset, edits))
        if edit is None or edit in edits:
            return None
        edits.append(edit)
    return None


def _error(text: str) -> int | None:
    try:
        read_json(text)
    except ReadError as error:
        return error.offset
    return None


def _original(offset: int, edits: Sequence[Edit]) -> int:
    """The offset in the text before the edits, all of which are before it."""
    return offset - sum(len(edit.text) - (edit.end - edit.start) for edit in edits)


def _comma(text: str, offset: int) -> Edit | None:
    """What is to be done about a comma right before the place of an error."""
    before = len(text[:offset].rstrip(_WHITE_SPACE))
    last, following = text[before - 1 : before], text[offset : offset + 1]
    if not last or not following:
        return None
    if last == "," and following in "]}":
        return Edit(before - 1, before, "")
    if last in _ENDS and following in _BEGINS:
        return Edit(before, before, ",")
    return None


def _fix(edits: Sequence[Edit]) -> Fix:
    places = len(edits)
    missing = any(edit.text for edit in edits)
    extra = not all(edit.text for edit in edits)
    what = " and ".join(["add the missing"] * missing + ["remove the superfluous"] * extra)
    noun = "comma" if places == 1 else "commas"
    # What a missing comma was to separate is a guess, if a good one.
    return Fix(f"{what[0].upper()}{what[1:]} {noun}.", tuple(edits), safe=not missing)
