"""What a Markdown template is given: texts and numbers, ready to be shown.

docs/reports.md describes it for those who write templates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from policy_gate.model import Comparison, GateReport
from policy_gate.reporters import wording
from policy_gate.reporters.change_view import most_important_first, shown_change, summary
from policy_gate.reporters.excerpt import excerpt
from policy_gate.reporters.json_report import witness_object
from policy_gate.reporters.passes import list_passes
from policy_gate.reporters.problem_list import Problem, counted
from policy_gate.reporters.problems import in_order
from policy_gate.reporters.sources import Sources
from policy_gate.reporters.visible import one_line, visible_characters

_WIDTH = 110
_MAX_PASSES = 50
_MAX_CHANGES = 100
_MAX_CHANGE_TEXT = 500
"""Characters of one text about access that is added or removed."""


def view(report: GateReport, problems: Sequence[Problem]) -> dict[str, Any]:
    """The variables of a template that shows all the problems."""
    passes = list_passes(in_order(report.results))
    sources = Sources(problems)
    return {
        "status": report.status.value,
        "exit_status": report.exit_status,
        "status_word": wording.STATUS_WORDS[report.status],
        "outcome": wording.report_outcome(report).partition(": ")[2],
        "coverage": wording.coverage_line(report.coverage),
        "analyzer": wording.analyzer(report),
        "calls": wording.calls(report.calls) if report.calls else "",
        "notes": list(report.notes),
        "defaults_taken": wording.defaults_taken(report.results),
        "baseline": wording.baseline(report.baseline) if report.baseline else "",
        "waived": report.waived,
        "problems": [_problem(item, sources) for item in problems if not item.accepted],
        "accepted": [
            {**_problem(item, sources), **_acceptance(item)} for item in problems if item.accepted
        ],
        "comparison": _comparison(report.comparison) if report.comparison else None,
        "left_out": "",
        "passed": [passed._asdict() for passed in passes[:_MAX_PASSES]],
        "more_passed": max(0, len(passes) - _MAX_PASSES),
    }


def shortened(
    variables: dict[str, Any], problems: Sequence[Problem], kept: int, changes: int
) -> dict[str, Any]:
    """The same variables with the first problems and changes only, and how much is left out."""
    still_open = len(variables["problems"])
    comparison = variables["comparison"]
    if comparison:
        cut = max(0, len(comparison["changes"]) - changes)
        comparison = {
            **comparison,
            "changes": comparison["changes"][:changes],
            "more_changes": comparison["more_changes"] + cut,
        }
    return {
        **variables,
        "problems": variables["problems"][:kept],
        "accepted": variables["accepted"][: max(0, kept - still_open)],
        "comparison": comparison,
        "left_out": counted(problems[kept:]),
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    changes = most_important_first(comparison.changes)
    show = partial(one_line, most=_MAX_CHANGE_TEXT)
    return {
        "base": comparison.base,
        "error": comparison.error,
        "summary": summary(comparison),
        "changes": [asdict(shown_change(change, show)) for change in changes[:_MAX_CHANGES]],
        "more_changes": max(0, len(changes) - _MAX_CHANGES),
    }


def _acceptance(problem: Problem) -> dict[str, Any]:
    waiver = problem.waiver
    return {
        "accepted": problem.accepted,
        "owner": waiver.owner if waiver else "",
        "until": str(waiver.expires) if waiver else "",
        "reason": waiver.reason if waiver else "",
        "ticket": waiver.ticket if waiver else "",
        "waived_at": f"{waiver.location.path}:{waiver.location.line}" if waiver else "",
    }


def _problem(problem: Problem, sources: Sources) -> dict[str, Any]:
    """One finding, or one result without an answer."""
    finding, result = problem.finding, problem.result
    assumed = finding.assumptions if finding else result.assumptions
    witness = finding.witness if finding else None
    return {
        "level": problem.level,
        "blocking": problem.blocking,
        "code": problem.code,
        "severity": problem.severity.value if problem.severity else "",
        "verdict": result.verdict.value,
        "message": problem.message,
        "file": problem.file,
        "line": problem.location.line if problem.location else None,
        "place": str(problem.location or problem.file),
        "also_at": [str(place) for place in finding.locations[1:10]] if finding else [],
        "excerpt": _excerpt(problem, sources),
        "policy": wording.policy(result.identity),
        "resource": result.identity.resource_address,
        "construct": wording.construct(result.construct),
        "statement": wording.statement(finding) if finding else "",
        "check": result.check,
        "witness": wording.request(witness) if witness else "",
        "request": witness_object(witness) if witness else None,
        "fix": (finding.fix if finding else "") or "",
        "effect": "" if finding else wording.effect(result),
        "when": finding.world if finding else "",
        "assumes": [wording.assumption(item) for item in assumed[:10]],
        "help": (finding.help if finding else "") or "",
        "fingerprint": problem.fingerprint if finding else "",
    }


def _excerpt(problem: Problem, sources: Sources) -> list[str]:
    if problem.location is None:
        return []
    show = partial(visible_characters, encoding="utf-8")
    return [row.text for row in excerpt(problem.location, sources.lines(problem), _WIDTH, show)]
