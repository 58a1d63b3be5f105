"""Source lines in three parts: before the span that a problem is about, in it, after it."""

from __future__ import annotations

from typing import NamedTuple

from policy_gate.model import Location
from policy_gate.reporters.excerpt import last_line, shown_numbers
from policy_gate.reporters.problem_list import Problem
from policy_gate.reporters.sources import Sources
from policy_gate.reporters.visible import visible

_BEFORE, _MARKED, _AFTER = 200, 400, 200
"""Characters of each part that are shown."""

_CUT = "…"
_TAB = "    "


class SourceLine(NamedTuple):
    """A line of the file, or the gap between two of them, which has no number."""

    number: int | None
    before: str = ""
    marked: str = ""
    after: str = ""


def source_lines(problem: Problem, sources: Sources) -> list[SourceLine]:
    """The lines around the location of a problem; empty where they cannot or must not be shown."""
    place, lines = problem.location, sources.lines(problem)
    if place is None or place.line not in lines:
        return []
    shown: list[SourceLine] = []
    for number in shown_numbers(place):
        if number not in lines:
            continue
        if shown and shown[-1].number != number - 1:
            shown.append(SourceLine(None))
        shown.append(_parted(number, lines[number], place))
    return shown


def _parted(number: int, line: str, place: Location) -> SourceLine:
    last = last_line(place)
    if not place.line <= number <= last:
        return SourceLine(number, _text(line[: _BEFORE + 1], _BEFORE))
    start = place.column - 1 if number == place.line else len(line) - len(line.lstrip())
    end = place.end_column - 1 if number == place.end_line else len(line)
    start = min(max(start, 0), len(line))
    end = max(start, min(end, len(line)))
    before = line[max(0, start - _BEFORE) : start]
    return SourceLine(
        number,
        (_CUT if start > _BEFORE else "") + _text(before, _BEFORE),
        _text(line[start : min(end, start + _MARKED + 1)], _MARKED),
        _text(line[end : end + _AFTER + 1], _AFTER),
    )


def _text(part: str, most: int) -> str:
    shown = visible(part[:most].replace("\t", _TAB), "utf-8")
    return shown + _CUT if len(part) > most else shown
