"""The source lines that a location names, with the range marked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from policy_gate.model import Location
from policy_gate.reporters.visible import columns
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.source import decode

MAX_FILE_BYTES = 16_000_000
"""Bytes of a file of which source lines are shown."""

_PLAN_WORDS = tuple(
    f'"{word}"'
    for word in (
        "@level",
        "after_sensitive",
        "before_sensitive",
        "encrypted_data",
        "format_version",
        "planned_values",
        "resource_changes",
        "sensitive_attributes",
        "sensitive_values",
        "terraform_version",
    )
)
"""What plans, states and logs of Terraform hold, also cut ones: their lines may show secrets."""

_BEFORE, _AFTER = 2, 1
_MAX_LINES = 6
_TAB = "    "
_CUT = "..."
_MIN_ROOM = 10

FileLines = Mapping[int, str]
"""Lines of one file by number, from 1."""

Show = Callable[[str], list[str]]
"""What to show for each character of a text."""


class Row(NamedTuple):
    """One line of an excerpt."""

    text: str
    is_marker: bool = False


def read_lines(
    locations: Iterable[Location], is_readable: Callable[[str], bool]
) -> dict[str, FileLines]:
    """The lines that the excerpts of these locations need, by path.

    A file that is missing, too large, not text, a Terraform plan or state, or that `is_readable`
    refuses has none.
    """
    wanted: dict[str, set[int]] = {}
    for location in locations:
        wanted.setdefault(location.path, set()).update(shown_numbers(location))
    return {
        path: _file_lines(path, numbers) for path, numbers in wanted.items() if is_readable(path)
    }


def excerpt(location: Location, lines: FileLines, width: int, show: Show) -> list[Row]:
    """At most `width` columns of each line around the location; empty where it has no lines."""
    if location.line not in lines:
        return []
    numbers = [number for number in shown_numbers(location) if number in lines]
    while not lines[numbers[0]].strip() and numbers[0] < location.line:
        numbers.pop(0)
    while not lines[numbers[-1]].strip() and numbers[-1] > last_line(location):
        numbers.pop()
    gutter = max(len(str(numbers[-1])), 2)
    room = max(_MIN_ROOM, width - gutter - len("  >  | "))
    view = _View.on(_span(location, lines[location.line]), lines[location.line], room, show)
    spans_lines = last_line(location) > location.line
    rows: list[Row] = []
    for previous, number in zip([numbers[0] - 1, *numbers], numbers, strict=False):
        if number > previous + 1:
            rows.append(Row(f"    {_CUT:>{gutter}}"))
        sign = ">" if spans_lines and location.line <= number <= last_line(location) else " "
        rows.append(Row(f"  {sign} {number:>{gutter}} | {view.cut(lines[number])}".rstrip()))
        if number == location.line and not spans_lines:
            marker = view.marker(lines[number])
            rows.append(Row(f"    {'':>{gutter}} | {marker}", is_marker=True))
    return rows


@dataclass(frozen=True, slots=True)
class _View:
    """The part of each line that is in sight: `room` columns, after `hidden` characters."""

    start: int
    end: int
    """Offsets of the marked range in its line."""

    room: int
    hidden: int
    show: Show

    @classmethod
    def on(cls, span: tuple[int, int], line: str, room: int, show: Show) -> _View:
        """Hides no more than it must to have the range, or a good part of it, in sight."""
        start, end = span
        marked = max(1, _columns(line[start : min(end, start + room)], show))
        wanted = marked if marked <= room - 2 * len(_CUT) else room // 3
        if len(line) <= room and _columns(line, show) < room:
            return cls(start, end, room, 0, show)
        if start < room and _columns(line[:start], show) + wanted + len(_CUT) <= room:
            return cls(start, end, room, 0, show)
        hidden = max(0, start - room // 3)
        free = room - wanted - 2 * len(_CUT)
        while hidden < start and _columns(line[hidden:start], show) > free:
            hidden += 1
        return cls(start, end, room, hidden, show)

    def cut(self, line: str) -> str:
        prefix = self._prefix(line)
        shown = _cells(line[self.hidden : self.hidden + self.room + 1], self.show)
        room = self.room - len(prefix)
        if columns("".join(shown)) > room:
            return prefix + _fitting(shown, room - len(_CUT)) + _CUT
        return prefix + "".join(shown)

    def marker(self, line: str) -> str:
        before = len(self._prefix(line)) + _columns(line[self.hidden : self.start], self.show)
        marked = _columns(line[self.start : min(self.end, self.start + self.room)], self.show)
        return " " * before + "^" * max(1, min(marked, self.room - before))

    def _prefix(self, line: str) -> str:
        if not self.hidden:
            return ""
        return _CUT if line[: self.hidden].strip() else " " * len(_CUT)


def _file_lines(path: str, numbers: set[int]) -> FileLines:
    try:
        file = Path(path)
        if not file.is_file() or file.stat().st_size > MAX_FILE_BYTES:
            return {}
        text = decode(file.read_bytes())
    except (OSError, ValueError, ReadError):
        return {}
    if any(word in text for word in _PLAN_WORDS):
        return {}
    lines = text.split("\n")
    return {
        number: lines[number - 1].removesuffix("\r")
        for number in numbers
        if 1 <= number <= len(lines)
    }


def readable_with(file: str) -> Callable[[str], bool]:
    """Whether an excerpt may show a path: the input itself, or a file under the working directory.

    A hostile cloud assembly could name any file of the machine as the source of a policy.
    """
    here = Path.cwd().resolve()

    def is_readable(path: str) -> bool:
        if path == file:
            return True
        try:
            return Path(path).resolve().is_relative_to(here)
        except (OSError, ValueError, RuntimeError):
            return False

    return is_readable


def last_line(location: Location) -> int:
    """The last line that holds a character of the range."""
    ends_before_line = location.end_column <= 1 and location.end_line > location.line
    return max(location.line, location.end_line - ends_before_line)


def shown_numbers(location: Location) -> list[int]:
    """The numbers of the lines that an excerpt has, whether the file has them or not."""
    first, last = location.line, last_line(location)
    if last - first < _MAX_LINES:
        inside = [*range(first, last + 1)]
    else:
        inside = [*range(first, first + _MAX_LINES - 2), last]
    before = range(max(1, first - _BEFORE), first)
    return [*before, *inside, *range(last + 1, last + 1 + _AFTER)]


def _span(location: Location, line: str) -> tuple[int, int]:
    """Offsets of the range in its first line, at least one character."""
    start = min(max(location.column - 1, 0), len(line))
    end = location.end_column - 1 if location.end_line == location.line else len(line)
    return start, max(start + 1, min(end, len(line)))


def _fitting(shown: list[str], room: int) -> str:
    """The first cells that fit into `room` columns."""
    kept = ""
    for cell in shown:
        if columns(kept + cell) > room:
            break
        kept += cell
    return kept


def _cells(text: str, show: Show) -> list[str]:
    return [_TAB if char == "\t" else cell for char, cell in zip(text, show(text), strict=True)]


def _columns(text: str, show: Show) -> int:
    return columns("".join(_cells(text, show)))
