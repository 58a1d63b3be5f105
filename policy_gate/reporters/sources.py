"""The lines of source files that a list of problems is about."""

from __future__ import annotations

from collections.abc import Iterable

from policy_gate.model import Location
from policy_gate.reporters.excerpt import FileLines, read_lines, readable_with
from policy_gate.reporters.problem_list import Problem


class Sources:
    """Each file is read once. What is marked sensitive has no lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        places: dict[str, list[Location]] = {}
        for problem in problems:
            if problem.location and is_quoted(problem):
                places.setdefault(problem.result.identity.file, []).append(problem.location)
        self._lines = {
            file: read_lines(of_file, readable_with(file)) for file, of_file in places.items()
        }

    def lines(self, problem: Problem) -> FileLines:
        """What is around the location of one of the problems; empty where nothing is shown."""
        if problem.location is None or not is_quoted(problem):
            return {}
        of_file = self._lines.get(problem.result.identity.file, {})
        return of_file.get(problem.location.path, {})


def is_quoted(problem: Problem) -> bool:
    """Of a result without an answer a range of many lines says nothing."""
    place = problem.location
    if place is None or problem.result.is_sensitive:
        return False
    return problem.finding is not None or place.line == place.end_line
