"""What analyzers say, with what people wrote in place of the values made up for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from policy_gate.checks.widening import (
    deferred_in,
    fresh_literal,
    typed_stand_in,
    unnamed_account,
    unnamed_principal,
)
from policy_gate.model import AssumptionKind, DeferredText, Policy, Value
from policy_gate.partitions import DEFAULT_PARTITION
from policy_gate.reasoning.answer import Witness

_DATE = "%Y-%m-%dT%H:%M:%SZ"


def as_written(policy: Policy, text: str, partition: str = DEFAULT_PARTITION) -> str:
    """The text, in which whatever stands for a deferred part of the policy is its expression."""
    for made_up, expression in _made_up(policy, partition):
        text = text.replace(made_up, expression)
    return text


def witness_as_written(policy: Policy, witness: Witness | None, partition: str) -> Witness | None:
    if witness is None:
        return None
    typed = dict(_typed_values(policy, partition))
    principal = witness.principal
    return witness._replace(
        action=as_written(policy, witness.action, partition),
        resource=as_written(policy, witness.resource, partition),
        principal=None if principal is None else as_written(policy, principal, partition),
        context={
            as_written(policy, key, partition): tuple(
                typed.get(value) or as_written(policy, value, partition) for value in values
            )
            for key, values in witness.context.items()
        },
    )


def _made_up(policy: Policy, partition: str) -> Iterator[tuple[str, str]]:
    """What stands for each deferred part, the longest first, and the part's expression."""
    for text in deferred_in(policy.document):
        for part in text.assumptions():
            if part.kind is not AssumptionKind.DEFAULT:
                whole = unnamed_principal("AWS", DeferredText((part,)), partition)
                for made_up in (whole, fresh_literal(part), part.stand_in, unnamed_account(part)):
                    yield made_up, part.expression


def _typed_values(policy: Policy, partition: str) -> Iterator[tuple[str, str]]:
    """Numbers, dates and addresses made up for conditions, and those right beside them."""
    for operator, text in _conditions(policy.document):
        value = typed_stand_in(operator, text, partition)
        if value == typed_stand_in("", text, partition):
            continue
        if value.isdecimal():
            yield str(int(value) - 1), f"less than {text}"
            yield str(int(value) + 1), f"more than {text}"
        elif value.endswith("Z"):
            date = datetime.strptime(value, _DATE).replace(tzinfo=UTC)
            yield (date - timedelta(seconds=1)).strftime(_DATE), f"before {text}"
            yield (date + timedelta(seconds=1)).strftime(_DATE), f"after {text}"
        yield value.removesuffix("/32"), str(text)


def _conditions(document: Value) -> Iterator[tuple[str, DeferredText]]:
    """The deferred values of conditions, each with the operator that compares with it."""
    statements = document.get("Statement") if isinstance(document, dict) else None
    for statement in statements if isinstance(statements, list) else [statements]:
        condition = statement.get("Condition") if isinstance(statement, dict) else None
        for operator, keys in condition.items() if isinstance(condition, dict) else ():
            for text in deferred_in(keys):
                yield operator, text
