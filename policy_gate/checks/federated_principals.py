"""Identity providers that only deployment names: their condition keys tell which are meant.

The keys that a provider adds to a request begin with its name, so that a statement which tests
`token.actions.githubusercontent.com:aud` is about the users of GitHub Actions; for those of any
other provider it would never be met.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
"""

from __future__ import annotations

from policy_gate.casing import folded
from policy_gate.linting.federation import provider_of
from policy_gate.model import Assumption, AssumptionKind, DeferredText, Value
from policy_gate.partitions import DEFAULT_PARTITION

_ACCOUNT = "111122223333"


def with_named_providers(document: Value) -> Value:
    """The document with the provider that is meant in place of each that deployment names.

    Only where the condition keys of the statement name one, and no more than one.
    """
    if not isinstance(document, dict):
        return document
    statements = document.get("Statement")
    if isinstance(statements, list):
        return document | {"Statement": [_statement(statement) for statement in statements]}
    return document | {"Statement": _statement(statements)} if statements else document


def _statement(statement: Value) -> Value:
    principal = statement.get("Principal") if isinstance(statement, dict) else None
    if not isinstance(statement, dict) or not isinstance(principal, dict):
        return statement
    providers = _providers(statement.get("Condition"))
    if "Federated" not in principal or len(providers) != 1:
        return statement
    arn = f"arn:{DEFAULT_PARTITION}:iam::{_ACCOUNT}:oidc-provider/{providers.pop()}"
    named = principal | {"Federated": _named(principal["Federated"], arn)}
    return statement | {"Principal": named}


def _named(value: Value, arn: str) -> Value:
    if isinstance(value, list):
        return [_named(item, arn) for item in value]
    return arn if _is_open(value) else value


def _providers(condition: Value) -> set[str]:
    """The names of providers that condition keys begin with."""
    if not isinstance(condition, dict):
        return set()
    keys = [key for tests in condition.values() if isinstance(tests, dict) for key in tests]
    names = {folded(key.rpartition(":")[0]) for key in keys}
    return {name for name in names if provider_of(name)}


def _is_open(value: Value) -> bool:
    """Does deployment decide the name of the provider, which ends the text?"""
    if not isinstance(value, DeferredText):
        return False
    last = value.parts[-1]
    return isinstance(last, Assumption) and last.kind is AssumptionKind.SUPPLIED
