"""The report as one HTML page, for people: no server, no network, no other file.

Its Content-Security-Policy lets nothing run but the script of this package, so that a text that
got through the escaping would still do nothing. Source: https://www.w3.org/TR/CSP3/
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from policy_gate.model import Comparison, GateReport
from policy_gate.reporters import wording
from policy_gate.reporters.change_view import most_important_first, shown_change, summary
from policy_gate.reporters.html_source import source_lines
from policy_gate.reporters.passes import Passed, list_passes
from policy_gate.reporters.problem_list import (
    Problem,
    counted,
    list_problems,
    most_severe_first,
)
from policy_gate.reporters.problems import in_order
from policy_gate.reporters.sources import Sources
from policy_gate.reporters.visible import one_line

MAX_CHARACTERS = 16_000_000
"""Characters of all problems together; what is beyond is left out and counted."""

MAX_CHANGE_CHARACTERS = 4_000_000
"""Characters of all changes of access together."""

MAX_PASSES = 5_000
"""Passed policies that the page lists; the rest is counted."""

_FOLDER = Path(__file__).with_name("html_page")


class HtmlReporter:
    """The most severe first, each with its source, the span marked, and its witness."""

    name = "html"

    def write(self, report: GateReport, stream: TextIO) -> None:
        # In ASCII no encoding of a stream or a file can spoil it.
        text = html_page(report).encode("ascii", "xmlcharrefreplace").decode()
        stream.write(text)


REPORTER = HtmlReporter()


def html_page(report: GateReport, most: int = MAX_CHARACTERS) -> str:
    """The page, with at most `most` characters of problems."""
    environment = _environment()
    problems = most_severe_first(list_problems(report))
    shown = _shown_problems(problems, environment, most)
    still_open = sum(not problem.accepted for problem in problems[: len(shown)])
    comparison = report.comparison
    changes = _changes(comparison, environment) if comparison else []
    passes = list_passes(in_order(report.results))
    style, script = (_read(name) for name in ("page.css", "page.js"))
    page = environment.from_string(_read("page.html.j2"))
    return page.render(
        csp=_policy(style, script),
        style=Markup(style),  # noqa: S704 - a file of this package
        script=Markup(script),  # noqa: S704 - as is this
        report=report,
        status_word=wording.STATUS_WORDS[report.status],
        outcome=wording.report_outcome(report).partition(": ")[2],
        facts=_facts(report),
        comparison=comparison,
        comparison_summary=summary(comparison) if comparison else "",
        changes=changes,
        more_changes=len(comparison.changes) - len(changes) if comparison else 0,
        articles=shown[:still_open],
        accepted=shown[still_open:],
        left_out=counted(problems[len(shown) :]),
        passes=passes[:MAX_PASSES],
        more_passes=max(0, len(passes) - MAX_PASSES),
        choices=_choices(problems[: len(shown)], passes[:MAX_PASSES]),
    )


def _environment() -> Environment:
    return Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_shown,
    )


def _shown(value: object) -> object:
    """Any text as one printable line, which is escaped after this; what is escaped stays."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return one_line(value)
    return value


def _shown_problems(
    problems: Sequence[Problem], environment: Environment, most: int
) -> list[Markup]:
    """The problems as HTML, as many as fit: articles, and rows of those that were accepted."""
    article = environment.from_string(_read("problem.html.j2"))
    row = environment.from_string(_read("accepted.html.j2"))
    sources = Sources(problem for problem in problems if not problem.accepted)

    def shown(problem: Problem) -> str:
        variables = {
            "problem": problem,
            "place": str(problem.location or problem.file),
            "policy": wording.policy(problem.result.identity),
            "severity": _severity(problem),
        }
        if problem.accepted:
            return row.render(variables, how=_how(problem))
        lines = source_lines(problem, sources)
        return article.render(variables, source=lines, rows=_rows(problem))

    return _within(most, map(shown, problems))


def _changes(comparison: Comparison, environment: Environment) -> list[Markup]:
    """What changes in each policy as HTML, as many as fit."""
    template = environment.from_string(_read("change.html.j2"))
    changes = map(shown_change, most_important_first(comparison.changes))
    return _within(MAX_CHANGE_CHARACTERS, (template.render(change=item) for item in changes))


def _within(most: int, texts: Iterable[str]) -> list[Markup]:
    """The first texts that have at most `most` characters together."""
    kept: list[Markup] = []
    size = 0
    for text in texts:
        size += len(text)
        if size > most:
            break
        kept.append(Markup(text))  # noqa: S704 - jinja2 has escaped its values
    return kept


def _rows(problem: Problem) -> list[tuple[str, str]]:
    finding, result = problem.finding, problem.result
    assumed = finding.assumptions if finding else result.assumptions
    rows = [
        ("Witness", wording.request(finding.witness) if finding and finding.witness else ""),
        ("Fix", (finding.fix if finding else "") or ""),
        ("Effect", "" if finding else wording.effect(result)),
        ("When", finding.world if finding else ""),
        *(("Assumes", wording.assumption(item)) for item in assumed),
        ("Policy", wording.policy(result.identity)),
        ("Construct", wording.construct(result.construct)),
        ("Statement", wording.statement(finding) if finding else ""),
        ("Check", result.check),
        ("Also at", wording.listed([str(at) for at in finding.locations[1:]]) if finding else ""),
        ("Help", (finding.help if finding else "") or ""),
        ("Fingerprint", problem.fingerprint if finding else ""),
    ]
    return [(label, text) for label, text in rows if text]


def _severity(problem: Problem) -> str:
    return problem.severity.value if problem.severity else ""


def _how(problem: Problem) -> str:
    """What the page filters by: `waived`, `in the baseline`, or `no`."""
    return wording.accepted(problem.finding or problem.result) if problem.accepted else "no"


def _hows(problems: Sequence[Problem]) -> list[str]:
    """Nothing to choose from where nothing was accepted."""
    hows = sorted({_how(problem) for problem in problems})
    return hows if hows != ["no"] else []


def _facts(report: GateReport) -> list[tuple[str, str]]:
    rows = [
        ("Coverage", wording.coverage_line(report.coverage)),
        ("Analyzer", wording.analyzer(report)),
        ("Baseline", wording.baseline(report.baseline) if report.baseline else ""),
        ("Waived", str(report.waived or "")),
        ("AWS calls", wording.calls(report.calls) if report.calls else ""),
        ("Defaults taken", wording.defaults_taken(report.results)),
        *(("Note", note) for note in report.notes),
    ]
    return [(label, text) for label, text in rows if text]


def _choices(problems: Sequence[Problem], passes: Sequence[Passed]) -> dict[str, list[str]]:
    """What the page can be filtered by, each with the values that it has."""
    identities = [problem.result.identity for problem in problems]
    policies = {*map(str, identities), *(passed.policy for passed in passes)}
    files = {*(problem.file for problem in problems), *(passed.file for passed in passes)}
    verdicts = {problem.result.verdict.value for problem in problems}
    return {
        "verdict": sorted(verdicts | ({"PASS"} if passes else set())),
        "severity": sorted({_severity(problem) for problem in problems} - {""}),
        "accepted": _hows(problems),
        "file": sorted({one_line(file) for file in files}),
        "policy": sorted({one_line(policy) for policy in policies} - {""}),
    }


def _policy(style: str, script: str) -> str:
    hashes = [
        b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)
    ]
    return (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}';"
        " base-uri 'none'; form-action 'none'"
    )


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
