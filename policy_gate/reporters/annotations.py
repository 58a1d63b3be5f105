"""Annotations as workflow commands, which a GitHub runner reads in the log of a step.

Sources: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands and
https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts (escaping)
"""

from __future__ import annotations

from itertools import groupby

from policy_gate.model import GateReport
from policy_gate.reporters.problem_list import Problem, list_problems, most_severe_first
from policy_gate.reporters.repository import Repository
from policy_gate.reporters.visible import one_line
from policy_gate.reporters.wording import count, policy, request

MOST_PER_LEVEL = 10
"""Errors, warnings and notices that GitHub shows of one step, each."""

_MAX_TITLE = 200


def workflow_commands(report: GateReport) -> list[str]:
    """One line for each problem, the most severe first, at most MOST_PER_LEVEL of each level.

    What was accepted before has none, so that it takes no place of what is open. Where there are
    more, the last of its level counts them. The lines are to be printed while no
    `::stop-commands::` is in force.
    """
    repository = Repository()
    lines: list[str] = []
    shown = [problem for problem in list_problems(report) if not problem.accepted]
    for level, of_level in groupby(most_severe_first(shown), key=lambda problem: problem.level):
        problems = list(of_level)
        most = len(problems) if len(problems) <= MOST_PER_LEVEL else MOST_PER_LEVEL - 1
        lines += [_command(problem, repository) for problem in problems[:most]]
        if more := len(problems) - most:
            text = f"{count(more, 'more ' + level)} in the report; GitHub shows {MOST_PER_LEVEL}"
            lines.append(f"::{level} title=policy-gate::{_data(text)}")
    return lines


def _command(problem: Problem, repository: Repository) -> str:
    properties = {"title": one_line(f"policy-gate: {problem.code}", most=_MAX_TITLE)}
    properties["file"] = one_line(repository.path(problem.file))
    if place := problem.location:
        properties |= {"line": str(place.line), "endLine": str(max(place.line, place.end_line))}
        # A runner refuses columns of a range of several lines.
        if place.line == place.end_line:
            properties |= {"col": str(place.column), "endColumn": str(place.end_column)}
    shown = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{problem.level} {shown}::{_data(chr(10).join(sentences(problem)))}"


def sentences(problem: Problem) -> list[str]:
    """What there is to say of a problem at its line: plain texts of one line each."""
    finding = problem.finding
    sentences = [
        problem.message,
        f"Witness: {request(finding.witness)}" if finding and finding.witness else "",
        f"Fix: {finding.fix}" if finding and finding.fix else "",
        f"When: {finding.world}" if finding and finding.world else "",
        f"Policy: {policy(problem.result.identity)}",
    ]
    return [one_line(sentence) for sentence in sentences if sentence]


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
