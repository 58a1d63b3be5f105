"""The comment as CodeCommit shows it: Markdown without any HTML, in 10,240 characters.

All that comes from a template stands in code spans, in which nothing is markup. The first line is a
link definition that nothing refers to: it is not shown, and a later run finds it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from policy_gate.model import GateReport
from policy_gate.publishers.texts import Remark, remarks
from policy_gate.reporters.visible import visible
from policy_gate.reporters.wording import STATUS_WORDS, count, coverage_line

MAX_BYTES = 10_240
"""Bytes of a comment: CodeCommit counts characters, and bytes are never fewer."""

_MARKER = re.compile(
    r"\[policy-gate\]: # \(tag=([A-Za-z0-9._-]+)(?: commit=([0-9a-f]+))?\)(?:\r?\n|$)", re.ASCII
)
_LEVELS = {"error": "Blocks", "warning": "Warning", "notice": "Note"}
_MAX_SENTENCE = 500


class Mark(NamedTuple):
    """What the first line of a comment says."""

    tag: str
    commit: str


def mark_of(content: str) -> Mark | None:
    """None where the comment begins with none."""
    found = _MARKER.match(content)
    return Mark(found[1], found[2] or "") if found else None


def comment_text(report: GateReport, tag: str, commit: str, build: str) -> str:
    """The whole comment in at most MAX_BYTES; what is left out is counted."""
    about = f" commit={commit}" if commit else ""
    status = STATUS_WORDS[report.status]
    head = [
        f"[policy-gate]: # (tag={tag}{about})",
        "",
        f"### policy-gate: {status}",
        "",
        f"{coverage_line(report.coverage)}.",
        "",
    ]
    foot = ["", _footer(tag, commit, build)]
    found = remarks(report)
    # Room for the sentence that counts what is left out.
    size = len("\n".join([*head, *foot]).encode()) + 60
    rows: list[str] = []
    for index, remark in enumerate(found):
        row = _row(remark)
        size += len(row.encode()) + 1
        if size > MAX_BYTES:
            rows += ["", f"{count(len(found) - index, 'more problem')} not shown."]
            break
        rows.append(row)
    return "\n".join([*head, *rows, *foot])


def _row(remark: Remark) -> str:
    place = _code(f"{remark.path}:{remark.line}")
    title = f"- **{_LEVELS[remark.level]}** at {place}: {_code(remark.title)}"
    return "\n".join([title, *(f"    - {_code(line)}" for line in remark.text.split("\n"))])


def _footer(tag: str, commit: str, build: str) -> str:
    parts = [
        f"About commit {commit[:12]}." if commit else "",
        f"The build `{build}` has the whole report." if build else "",
        f"Tag `{tag}`.",
    ]
    return " ".join(part for part in parts if part)


def _code(text: str) -> str:
    """A code span, fenced by more backticks than any run in it.

    Source: https://spec.commonmark.org/0.31.2/#code-spans
    """
    shown = visible(text[:_MAX_SENTENCE], "utf-8")
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown.strip() else ""
    return f"{fence}{pad}{shown}{pad}{fence}"
