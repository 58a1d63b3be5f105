"""What `policy-gate test-references` found."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TextIO

from policy_gate.reasoning.answer import StatementName
from policy_gate.references.decisions import Decision
from policy_gate.references.examples import ExampleResult, ReferenceResult
from policy_gate.reporters.json_report import guarded, witness_object
from policy_gate.reporters.visible import visible
from policy_gate.reporters.wording import count, denied_in, request

_STATUS = {0: "passed", 1: "error", 2: "failed", 3: "empty"}


def write_json(results: Sequence[ReferenceResult], status: int, stream: TextIO) -> None:
    """One JSON object; its shape is a contract that scripts rely on."""
    content = {"status": _STATUS[status], "references": [_reference(item) for item in results]}
    stream.write(guarded(json.dumps(content, indent=2, ensure_ascii=True)) + "\n")


def _reference(result: ReferenceResult) -> dict[str, object]:
    return {
        "name": result.name,
        "path": result.path,
        "description": result.meta.description if result.meta else None,
        "applies_to": list(result.meta.applies_to) if result.meta else [],
        "status": _word(result).lower(),
        "error": result.error or None,
        "faults": list(result.faults),
        "examples": [_example(example) for example in result.examples],
    }


def _example(example: ExampleResult) -> dict[str, object]:
    return {
        "path": example.path,
        "expected": example.expected,
        "result": example.result,
        "as_expected": example.is_as_expected,
        "message": example.message or None,
        "decided_by": example.decision._asdict() if example.decision else None,
        "example_statement": example.statement,
        "witness": witness_object(example.witness) if example.witness else None,
    }


def write_console(results: Sequence[ReferenceResult], status: int, stream: TextIO) -> None:
    """A line for each reference, and below it one for each example."""
    lines = [line for result in results for line in _lines(result)]
    examples = [example for result in results for example in result.examples]
    right = sum(example.is_as_expected for example in examples)
    summary = (
        f"{_STATUS[status].upper()}: {count(len(results), 'reference')},"
        f" {right} of {count(len(examples), 'example')} as expected"
    )
    encoding = stream.encoding or "utf-8"
    stream.write("".join(f"{visible(line, encoding)}\n" for line in [*lines, summary]))


def _lines(result: ReferenceResult) -> Iterator[str]:
    applies = ", ".join(result.meta.applies_to) if result.meta else "unknown"
    passed, failed = result.count("PASS"), result.count("FAIL")
    counts = f"{passed} passed and {failed} failed as expected"
    yield f"{_word(result)}  {result.name} ({applies}): {result.error or counts}"
    yield from (f"  {fault}" for fault in result.faults)
    for example in result.examples:
        mark = "ok" if example.is_as_expected else f"EXPECTED {example.expected}"
        yield f"  {mark}: {example.path} {example.result}: {_because(example)}"


def _word(result: ReferenceResult) -> str:
    if result.has_failed:
        return "FAILED"
    return "ERROR" if result.is_broken else "PASSED"


def _because(example: ExampleResult) -> str:
    if example.message:
        return example.message
    if example.result == "PASS":
        if example.decision is None:
            return "it grants no listed action"
        if example.decision.statement is None:
            return "several statements together allow it"
        return f"{_part(example.decision)} allows it"
    who = request(example.witness) if example.witness else "no request is shown"
    if example.decision is None:
        return f"no statement allows it. {who}"
    verb = "lists it" if example.decision.effect == "listed" else "denies it"
    return f"{_part(example.decision)} {verb}. {who}"


def _part(decision: Decision) -> str:
    if decision.statement is None:
        return f"line {decision.line} ({decision.action})"
    return denied_in(StatementName(decision.statement, decision.sid))
