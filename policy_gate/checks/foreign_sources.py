"""On whose behalf a service asks, where only deployment says it: somebody outside, at worst.

A service is trusted, but not when it acts for what a condition names and is not in the zone. So a
condition that is taken for met is not the worst that its value can be.
"""

from __future__ import annotations

from collections.abc import Mapping

from policy_gate.casing import folded
from policy_gate.checks.widening import is_supplied, rendered, unnamed_account
from policy_gate.model import Assumption, DeferredText, Value

_ACCOUNTS = frozenset({"aws:sourceaccount", "aws:sourceowner"})
_TEXTS = frozenset({"aws:sourceorgid", "aws:sourceorgpaths"})
_ARN = "aws:sourcearn"


def with_foreign_sources(statements: Mapping[int, Value]) -> dict[int, Value]:
    """The Allow statements with a source from outside, with one that no zone has in its place."""
    foreign = {index: _statement(statement) for index, statement in statements.items()}
    return {index: made for index, made in foreign.items() if made != statements[index]}


def _statement(statement: Value) -> Value:
    condition = statement.get("Condition") if isinstance(statement, dict) else None
    if not isinstance(statement, dict) or not isinstance(condition, dict):
        return statement
    if statement.get("Effect") == "Deny":
        return statement
    operators = {
        operator: {key: _value(folded(key), value) for key, value in keys.items()}
        if isinstance(keys, dict)
        else keys
        for operator, keys in condition.items()
    }
    return statement | {"Condition": operators}


def _value(key: str, value: Value) -> Value:
    if isinstance(value, list):
        return [_value(key, item) for item in value]
    if not isinstance(value, DeferredText) or not is_supplied(value):
        return value
    if key in _ACCOUNTS:
        return unnamed_account(value.assumptions()[0])
    if key == _ARN:
        return _arn(value)
    return str(rendered(value)) if key in _TEXTS else value


def _arn(text: DeferredText) -> Value:
    """An ARN with an account from outside where deployment names the account."""
    if len(text.parts) == 1:
        (whole,) = text.assumptions()
        return f"arn:aws:sns:us-east-1:{unnamed_account(whole)}:{whole.stand_in}"
    written = ""
    for part in text.parts:
        is_account = isinstance(part, Assumption) and written.count(":") == 4
        is_whole = is_account and written.endswith(":")
        if isinstance(part, str):
            written += part
        else:
            written += unnamed_account(part) if is_whole else str(rendered(DeferredText((part,))))
    return written
