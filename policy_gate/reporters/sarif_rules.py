"""The rules of a SARIF log: what each code means, and how severe it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from policy_gate.explanations import Explanation, explanations
from policy_gate.model import Severity
from policy_gate.reporters.explanation import shortened
from policy_gate.reporters.problem_list import Level, Problem
from policy_gate.reporters.visible import one_line

_MAX_DESCRIPTION = 1024
"""Characters of a description that code scanning takes."""

_CHECKS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-validation.html"

_SECURITY = {
    Severity.SECURITY_WARNING: 8.0,
    Severity.ERROR: 7.0,
    None: 7.0,
    Severity.WARNING: 5.0,
    Severity.SUGGESTION: 2.0,
    Severity.NOTE: 1.0,
}
"""`security-severity` as a CVSS score: from 7.0 on it is high, from 4.0 on medium, below it low."""

_BLOCKING = 7.0
"""The least score of what blocks: by default code scanning fails a pull request for it."""

_LEVELS: dict[Level, str] = {
    "error": "error",
    "warning": "warning",
    "notice": "recommendation",
}
_WITHOUT_ANSWER = {
    "UNKNOWN": (
        "Whether the policy keeps the rule could not be decided.",
        (
            "Give the value that the message asks for, or write the statement in a simpler way."
            " `unknown: report` in the configuration lets such results pass."
        ),
    ),
    "ERROR": (
        "The question could not be put, so that there is no answer.",
        "Remove the cause that the message names, and run the gate again.",
    ),
    "NOT_ANALYSED": (
        "This may hold policies, and nobody has checked them.",
        (
            "Write it so that it can be read, or check it elsewhere. `unknown: report` in the"
            " configuration lets such results pass."
        ),
    ),
    "DOCUMENT_UNAVAILABLE": (
        "The document of a managed policy that is attached by its ARN is not at hand.",
        (
            "Put the document into the folder that the configuration names as"
            " `managed-policy-documents`, or let AWS answer."
        ),
    ),
    "FAIL": (
        "The policy does not keep the rule.",
        "Change the policy as the message says.",
    ),
}
"""What the code of a result without a finding means, and what to do."""


def rule_objects(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """A rule for each code of the problems, sorted by code."""
    by_code: dict[str, list[Problem]] = {}
    for problem in problems:
        by_code.setdefault(one_line(problem.code), []).append(problem)
    return [_rule(code, by_code[code]) for code in sorted(by_code)]


def _rule(code: str, problems: list[Problem]) -> dict[str, Any]:
    page = explanations().get(code)
    if page:
        texts = _texts_of(page)
    elif code in _WITHOUT_ANSWER and not problems[0].finding:
        what, advice = _WITHOUT_ANSWER[code]
        texts = (what, f"{what} {advice}", f"{what}\n\n**What to do:** {advice}\n")
    else:
        what = f"A finding of IAM Access Analyzer with the code {code}."
        texts = (what, what, f"{_escaped(what)}\n")
    link = page.link if page else _CHECKS if problems[0].finding else ""
    short, text, markdown = texts
    levels = {problem.level for problem in problems}
    level = next(level for level in _LEVELS if level in levels)
    return {
        "id": code,
        "shortDescription": {"text": short[:_MAX_DESCRIPTION]},
        "fullDescription": {"text": short[:_MAX_DESCRIPTION]},
        "help": {"text": text, "markdown": markdown},
        **({"helpUri": link} if link else {}),
        "defaultConfiguration": {"level": "note" if level == "notice" else level},
        "properties": {
            "tags": ["security", "iam", "aws"],
            "precision": _precision(page),
            "problem.severity": _LEVELS[level],
            "security-severity": _score(problems),
        },
    }


def _score(problems: list[Problem]) -> str:
    # One score for all of a code; what was accepted has no say, lest it fails a pull request.
    open_ones = [problem.severity for problem in problems if not problem.accepted]
    score = max(map(_SECURITY.__getitem__, open_ones or [Severity.NOTE]))
    if any(problem.blocking for problem in problems):
        score = max(score, _BLOCKING)
    return f"{score:.1f}"


def _precision(page: Explanation | None) -> str:
    if page and page.is_approximate:
        return "low"
    return "very-high" if page and page.basis == "proof" else "high"


def _texts_of(page: Explanation) -> tuple[str, str, str]:
    """The summary, and the page in plain text and in Markdown."""
    sections = [("Why is this bad?", page.why), ("Use instead:", page.instead)]
    if page.fixed != "no":
        sections.append(("Fix:", page.fix))
    text = " ".join([page.what, *(f"{title} {body}" for title, body in sections)])
    parts = [page.what, *(f"**{title}** {body}" for title, body in sections)]
    for example in page.examples:
        lines = "\n".join(shortened(example.text))
        parts.append(f"{example.title}:\n\n```json\n{lines}\n```")
    if page.link:
        parts.append(f"[{page.code} in the documentation of AWS]({page.link})")
    return page.what.replace("`", ""), text, "\n\n".join(parts) + "\n"


def _escaped(text: str) -> str:
    return "".join(char if char.isalnum() or char in " ." else f"&#{ord(char)};" for char in text)
