"""Texts that try to break out of a report, and a report that has one everywhere."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

from policy_gate.model import (
    Assumption,
    AssumptionKind,
    CheckResult,
    Construct,
    Coverage,
    Finding,
    GateReport,
    PolicyIdentity,
    PolicyKind,
    ReasonCode,
    Severity,
    Status,
    Verdict,
)
from policy_gate.reasoning.answer import Witness
from policy_gate.reporters.registry import find_reporter
from tests.reporters.reports import DELETE_TABLE, INLINE_AT, report, span

HOSTILE = {
    "newline": "one\n::error::forged\r\n# heading\n/approve",
    "command": "::error file=x::forged",
    "old command": "##[error]forged ##vso[task.complete]",
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": '" onmouseover="alert(1)" x=\'',
    "mention": "@octocat @org/team #1 GH-1 !2 user@example.org https://evil.example www.e.example",
    "table": "a | b || c",
    "code": "` `` ``` ```` ~~~ </code></pre>",
    "link": "[click](https://evil.example) ![image](https://evil.example/x.png) <https://evil.example>",
    "html comment": "<!-- policy-gate:marker --> -->",
    "cdata": "]]> <![CDATA[ &amp; &#x0; &lt;",
    "details": "</details></summary></article></style>",
    "bidi": "\u202etxet\u202c \u2066x\u2069 \u200b",
    "ansi": "\x1b[2J\x1b]8;;https://evil.example\x07x\x9b31m",
    "surrogate": "\ud800 \udcff \ufffe \uffff",
    "nul": "\x00\x01\x0b\x7f",
    "template": "{{ 7 * 7 }} {% raw %} ${{ github.token }} {0} %s %0A",
    "math": "$x$ $$y$$ **bold** __b__ ~~s~~ _i_ *i*",
    "list": "- x\n1. x\n+ x\n> x\n=== \n---",
    "colon": "role.yaml:1:1: error FORGED text",
    "wide": "漢字 é 😀",
    "long": "x" * 200_000,
    "many lines": "x\n" * 10_000,
}


def hostile_report(text: str) -> GateReport:
    """A report with this text in every place that an input may fill."""
    assumed = Assumption(AssumptionKind.SUPPLIED, text, text, location=span(6, 3, 12, text))
    finding = replace(
        DELETE_TABLE,
        code=text,
        message=text,
        locations=(span(30, 21, 37), span(1, 1, 2, text)),
        sid=text,
        witness=Witness(text, text, text, {text: (text, text)}),
        fix=text,
        help=text,
        world=text,
        assumptions=(assumed,),
        fingerprint=text[:50],
    )
    elsewhere: Finding = replace(
        finding,
        locations=(span(2, 1, 5, text),),
        severity=Severity.NOTE,
        blocking=False,
        fingerprint=f"{text[:50]}2",
    )
    identity = PolicyIdentity(text, text, text, text, PolicyKind.IDENTITY)
    construct = Construct(text, span(1, 1, 2, text))
    results = [
        CheckResult(
            identity, text, Verdict.FAIL, (finding, elsewhere), blocking=True, construct=construct
        ),
        CheckResult(identity, "a", Verdict.UNKNOWN, message=text, location=span(9, 1, 3, text)),
        CheckResult(identity, "b", Verdict.ERROR, message=text, blocking=True),
        CheckResult(
            identity, "", Verdict.NOT_CHECKED, reason=ReasonCode.NOT_ANALYSED, message=text
        ),
        CheckResult(
            identity._replace(file=f"{text}.yaml", policy_name="other"),
            "validate-policy",
            Verdict.PASS,
            location=INLINE_AT,
        ),
    ]
    coverage = Coverage(found=2, checked=1, passed=1, failed=1, errors=1)
    return report(Status.FAILED, 2, results, coverage, (text,))


def printed(kind: str, shown: GateReport) -> str:
    stream = StringIO()
    find_reporter(kind).write(shown, stream)
    return stream.getvalue()
