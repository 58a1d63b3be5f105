"""From the statement that an analyzer names to a finding at the user's lines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from policy_gate.checks.canonical import canonical
from policy_gate.checks.widening import deferred_in, rendered
from policy_gate.model import (
    Assumption,
    AssumptionKind,
    DocumentPath,
    Finding,
    Location,
    Policy,
    PolicyIdentity,
    Value,
)
from policy_gate.revisions.repository import repository_path
from policy_gate.syntax.json_reader import read_json
from policy_gate.syntax.node import ReadError


def statement_path(policy: Policy, index: int) -> DocumentPath:
    """Where a statement stands in the document: a single one has no index."""
    document = policy.document
    statements = document.get("Statement") if isinstance(document, dict) else None
    return ("Statement", index) if isinstance(statements, list) else ("Statement",)


def statement_at(policy: Policy, index: int) -> dict[str, Value]:
    """The statement of an index, empty where the document has none such."""
    value = value_at(policy.document, statement_path(policy, index))
    return value if isinstance(value, dict) else {}


def statement_indexes(policy: Policy) -> range:
    """The indexes of the statements that the document has; a single one has index 0."""
    document = policy.document
    if not isinstance(document, dict) or "Statement" not in document:
        return range(0)
    statements = document["Statement"]
    return range(len(statements) if isinstance(statements, list) else 1)


def denials(policy: Policy) -> dict[int, dict[str, Value]]:
    """The Deny statements, by their index."""
    statements = {index: statement_at(policy, index) for index in statement_indexes(policy)}
    return {index: found for index, found in statements.items() if found.get("Effect") == "Deny"}


def value_at(document: Value, path: Iterable[str | int]) -> Value:
    """The value at a path, None where there is none."""
    value = document
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def path_at(text: str, offset: int) -> DocumentPath:
    """The path of the smallest part of a JSON text that an offset lies in."""
    path: DocumentPath = ()
    try:
        node = read_json(text)
    except ReadError:
        return path
    while True:
        children = (
            node.value.items()
            if isinstance(node.value, dict)
            else enumerate(node.value if isinstance(node.value, list) else ())
        )
        inner = next((pair for pair in children if pair[1].start <= offset < pair[1].end), None)
        if inner is None:
            return path
        path, node = (*path, inner[0]), inner[1]


def locations_of(policy: Policy, paths: Sequence[DocumentPath]) -> tuple[Location, ...]:
    """The places of parts of the document, in the order given, each once."""
    return tuple(dict.fromkeys(policy.sources.locate(path) for path in paths))


def assumptions_of(policy: Policy, *values: Value) -> tuple[Assumption, ...]:
    """What the values rest on; a default counts where its text stands in one of them."""
    parts = [part for value in values for text in deferred_in(value) for part in text.assumptions()]
    written = json.dumps(rendered(list(values)))
    defaults = [
        part
        for part in policy.assumptions
        if part.kind is AssumptionKind.DEFAULT and part.stand_in and part.stand_in in written
    ]
    return tuple({part.expression: part for part in [*parts, *defaults]}.values())


class Identified(Protocol):
    """What a finding is about."""

    @property
    def identity(self) -> PolicyIdentity: ...


def fingerprint(policy: Identified, check: str, code: str, anchor: object) -> str:
    """Identifies a finding by what it is about, not by where it stands.

    16 hexadecimal digits for the policy, the check, the code and the `anchor`, which is made of
    JSON values and deferred texts, of which what is written counts, however it is laid out. Then
    8 for the file, which tell equal findings of two files apart.
    """
    identity = policy.identity
    subject = (
        identity.resource_address,
        identity.resource_type,
        identity.policy_name,
        identity.kind or "",
        check,
        code,
        canonical(anchor),
    )
    return _digest(json.dumps(subject))[:16] + file_digest(identity.file)


def own_fingerprint(file: str, code: str, *anchor: str) -> str:
    """The same for what the gate finds about itself, and not about a policy."""
    return _digest(json.dumps((code, *anchor)))[:16] + file_digest(file)


def file_digest(file: str) -> str:
    """The part of a fingerprint that stands for the file: its path in the repository."""
    return _digest(repository_path(file))[:8]


def without_file(text: str) -> str:
    """A fingerprint but for the file: what it keeps where the file is renamed."""
    return text[:16] + text[24:]


def _digest(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def numbered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings; of those that are about the same content, from the second on with a number."""
    numbers: Counter[str] = Counter()
    told_apart = []
    for finding in findings:
        numbers[finding.fingerprint] += 1
        number = numbers[finding.fingerprint]
        suffix = f"-{number}" if number > 1 else ""
        told_apart.append(replace(finding, fingerprint=f"{finding.fingerprint}{suffix}"))
    return tuple(told_apart)
