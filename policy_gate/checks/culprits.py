"""Which entries of a guilty statement a witness is about."""

from __future__ import annotations

from policy_gate.checks.findings import statement_at, statement_path
from policy_gate.checks.widening import widened
from policy_gate.model import DocumentPath, Policy, Value
from policy_gate.reasoning.answer import Witness
from policy_gate.reasoning.matching import action_matches, resource_matches

Order = tuple[str, ...]
"""Elements of a statement, the one to show first at the head."""


def culprits(
    policy: Policy, index: int, witness: Witness | None, order: Order
) -> list[DocumentPath]:
    """Paths of the entries that match the witness, in the order given, then the statement."""
    statement = statement_at(policy, index)
    base = statement_path(policy, index)
    found: list[DocumentPath] = []
    for name in order:
        for key in (name, f"Not{name}"):
            if key in statement:
                found += _entries(statement[key], (*base, key), name, witness)
    return [*found, base]


def _entries(
    value: Value, path: DocumentPath, name: str, witness: Witness | None
) -> list[DocumentPath]:
    if witness is None or path[-1] != name or name == "Principal":
        return [path]
    items = value if isinstance(value, list) else [value]
    for position, item in enumerate(items):
        if any(_matches(name, pattern, witness) for pattern in _patterns(name, item)):
            return [(*path, position) if isinstance(value, list) else path]
    return [path]


def _matches(name: str, pattern: str, witness: Witness) -> bool:
    if name == "Action":
        return action_matches(pattern, witness.action)
    return resource_matches(pattern, witness.resource)


def _patterns(name: str, item: Value) -> list[str]:
    """The plain patterns that an entry of an Allow can be, at the widest."""
    question = widened({"Statement": [{"Effect": "Allow", name: item}]})
    value = question.document["Statement"][0][name]
    texts = value if isinstance(value, list) else [value]
    return [text for text in texts if isinstance(text, str)]
