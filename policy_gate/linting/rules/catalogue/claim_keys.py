"""The rule about condition keys of identity providers, which only some actions of STS have."""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.catalog.interface import Catalog
from policy_gate.linting.actions import service_of
from policy_gate.linting.patterns import has_wildcard
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import PolicyView, Statement, Text
from policy_gate.model import PolicyKind

_PREFIXES_OF_AWS = ("aws", "iam", "sts")
_GOOD = example(
    '{"Effect": "Allow", "Principal": {"Federated": "accounts.google.com"},\n'
    '     "Action": "sts:AssumeRoleWithWebIdentity",\n'
    '     "Condition": {"StringEquals": {"accounts.google.com:sub": "108234567890123456789"}}}'
)


@rule(
    "UNSUPPORTED_ACTION_FOR_CONDITION_KEY",
    "ERROR",
    # Every kind. A trust policy is the best example.
    kinds=(PolicyKind.TRUST, *(kind for kind in PolicyKind if kind is not PolicyKind.TRUST)),
    bad=_GOOD.replace(
        '"sts:AssumeRoleWithWebIdentity"', '["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]'
    ),
    good=_GOOD,
)
def unsupported_action_for_condition_key(policy: PolicyView) -> Iterator[Problem]:
    """Reports a key of an identity provider beside actions of STS whose requests do not have it.

    Why is this bad? The condition is never fulfilled for these actions: an Allow does not allow
    them, and a Deny does not deny them.

    Use instead: a statement of its own for these actions, without the key.
    """
    # Keys of services have the same trouble, yet recorded answers are silent about most of them.
    statements = [statement for statement in policy.statements if statement.conditions]
    claim_keys = _claim_keys(policy.catalog) if any(map(_actions, statements)) else frozenset()
    for statement in statements:
        conditions = [item for item in statement.conditions if item.folded_key in claim_keys]
        actions = list(_keys_by_action(policy.catalog, statement)) if conditions else []
        for condition in conditions:
            strange = [text for text, keys in actions if condition.folded_key not in keys]
            if strange:
                yield Problem(
                    f"{quoted(condition.key)} is not in requests for "
                    f"{', '.join(text.value for text in strange)}: move these actions to a "
                    "statement without this key.",
                    (*(text.place for text in strange), condition.values.place),
                )


def _actions(statement: Statement) -> list[Text]:
    """The actions of STS: the first of each, since others repeat it."""
    found: dict[str, Text] = {}
    for text in statement.texts("Action"):
        if service_of(text.value) == "sts" and not has_wildcard(text.value):
            found.setdefault(text.value.lower(), text)
    return list(found.values())


def _claim_keys(catalog: Catalog) -> frozenset[str]:
    """The keys of identity providers that the catalog knows, in lower case."""
    keys = catalog.condition_keys("sts")
    return frozenset(key for key in keys if key.partition(":")[0] not in _PREFIXES_OF_AWS)


def _keys_by_action(
    catalog: Catalog, statement: Statement
) -> Iterator[tuple[Text, frozenset[str]]]:
    """The actions of STS that exist, each with its condition keys in lower case."""
    for text in _actions(statement):
        if action := catalog.action(text.value):
            yield text, frozenset(key.lower() for key in action.condition_keys)
