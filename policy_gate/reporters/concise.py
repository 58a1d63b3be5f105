"""One line a problem, for editors: `file:line:column: severity CODE message`.

`problem-matcher.json` beside this module lets GitHub Actions read the lines, see
https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md.
"""

from __future__ import annotations

from typing import TextIO

from policy_gate.model import GateReport
from policy_gate.reporters.problem_list import Problem, list_problems
from policy_gate.reporters.terminal import without_command
from policy_gate.reporters.visible import one_line
from policy_gate.reporters.wording import report_outcome


class ConciseReporter:
    """The problems in the order of the files, then the outcome, which is no such line."""

    name = "concise"

    def write(self, report: GateReport, stream: TextIO) -> None:
        encoding = stream.encoding or "utf-8"
        lines = (_line(problem, encoding) for problem in list_problems(report))
        stream.writelines(without_command(line) + "\n" for line in lines)
        stream.write(one_line(report_outcome(report), encoding) + "\n")


REPORTER = ConciseReporter()


def _line(problem: Problem, encoding: str) -> str:
    # A colon in a name could end it early, and the line would be about another file.
    file = one_line(problem.file, encoding).replace(":", r"\x3a")
    line, column = (problem.location[1:3]) if problem.location else (1, 1)
    code = one_line(problem.code, encoding).replace(" ", r"\x20")
    message = one_line(problem.message, encoding)
    # Not one of the levels that the problem matcher knows, as it needs no annotation.
    level = "note" if problem.accepted else problem.level
    accepted = f" ({one_line(problem.accepted, encoding)})" if problem.accepted else ""
    return f"{file}:{line}:{column}: {level} {code} {message}{accepted}"
