"""The answer of `policy-gate check`: one policy, one question."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from policy_gate.analyzers.interface import Answer, Reason, ValidatePolicyFinding
from policy_gate.linting.fix import Fix
from policy_gate.reasoning.answer import Witness
from policy_gate.reporters.json_report import guarded, witness_object
from policy_gate.reporters.visible import visible
from policy_gate.reporters.wording import denied_in, request


@dataclass(frozen=True)
class CheckAnswer:
    """What was asked, who answered and what."""

    check: str
    analyzer: str
    analyzer_reason: str
    answer: Answer
    findings: Sequence[ValidatePolicyFinding]
    """Of ValidatePolicy, in the API's shape; empty for the access checks."""

    fixes: Sequence[Fix | None] = ()
    """What mends each of the findings; without edits where the policy is not written in JSON."""


def write_json(answered: CheckAnswer, stream: TextIO) -> None:
    """One JSON object; its shape is a contract that scripts rely on."""
    answer = answered.answer
    witness = _first_witness(answer)
    content = {
        "check": answered.check,
        "analyzer": answered.analyzer,
        "result": answer.result,
        "message": answer.message,
        "exact": answer.exact,
        "assumptions": list(answer.assumptions),
        "reasons": [_reason(reason) for reason in answer.reasons],
        "witness": None if witness is None else witness_object(witness),
        "findings": [
            {**finding, "fix": _fix(fix) if fix else None} for finding, fix in _mended(answered)
        ],
    }
    stream.write(guarded(json.dumps(content, indent=2, ensure_ascii=True)) + "\n")


def write_console(answered: CheckAnswer, stream: TextIO) -> None:
    """The result first, then one line for each reason or finding."""
    answer = answered.answer
    lines = [f"{answer.result}  {answered.check}: {answer.message}"]
    for reason in answer.reasons:
        lines.append(f"  {reason.description}")
        if reason.witness is not None:
            lines.append(f"    Witness: {request(reason.witness)}")
        if reason.existingDeny is not None:
            lines.append(f"    The reference denies it in {denied_in(reason.existingDeny)}.")
    for finding, fix in _mended(answered):
        start = finding["locations"][0]["span"]["start"] if finding["locations"] else None
        place = f"{start['line']}:{start['column'] + 1} " if start else ""
        lines.append(f"  {place}{finding['findingType']} {finding['issueCode']}")
        lines.append(f"    {finding['findingDetails']}")
        lines += [f"    Fix: {fix.advice}"] if fix else []
        lines.append(f"    {finding['learnMoreLink']}")
    lines += [f"Assumes {sentence}" for sentence in answer.assumptions]
    lines.append(f"Analyzer: {answered.analyzer} ({answered.analyzer_reason})")
    encoding = stream.encoding or "utf-8"
    stream.write("".join(f"{_indented(visible(line, encoding))}\n" for line in lines))


def _mended(answered: CheckAnswer) -> Iterator[tuple[ValidatePolicyFinding, Fix | None]]:
    return zip(answered.findings, answered.fixes, strict=True)


def _fix(fix: Fix) -> dict[str, object]:
    edits = [edit._asdict() for edit in fix.edits]
    return {"description": fix.description, "safe": fix.safe, "edits": edits or None}


def _indented(line: str) -> str:
    """A line that no CI system takes for a command."""
    return line.replace("::", ":\u200b:") if line.lstrip().startswith("::") else line


def _reason(reason: Reason) -> dict[str, object]:
    return {
        "description": reason.description,
        "statementIndex": reason.statementIndex,
        "statementId": reason.statementId,
        "witness": None if reason.witness is None else witness_object(reason.witness),
        "existingDeny": reason.existingDeny and reason.existingDeny._asdict(),
    }


def _first_witness(answer: Answer) -> Witness | None:
    return next((reason.witness for reason in answer.reasons if reason.witness), None)
