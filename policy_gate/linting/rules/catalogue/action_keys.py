"""The rule about condition keys that requests for some actions never have.

Of which keys ValidatePolicy reports it is documented for those of identity providers alone.
Recorded answers are silent about most others, so that the rest is approximate.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.casing import folded
from policy_gate.linting.actions import condition_keys_of
from policy_gate.linting.patterns import has_wildcard
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import Condition, PolicyView, Statement, Text
from policy_gate.model import PolicyKind

_STS = "sts"
_PREFIXES_OF_AWS = ("aws", "iam", _STS)
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
    them, and a Deny does not deny them. Keys of services have the same trouble; about those it is
    approximate, and off unless asked for.

    Use instead: a statement of its own for these actions, without the key.
    """
    for statement in policy.statements:
        actions = None
        for condition in statement.conditions:
            is_claim = _is_claim(policy, condition)
            if is_claim or (policy.approximate and _is_of_service(condition)):
                actions = actions or list(_actions(policy, statement))
                strange = _without(policy, condition, actions, sts_only=is_claim)
                if strange:
                    yield _problem(condition, strange, approximate=not is_claim)


def _is_claim(policy: PolicyView, condition: Condition) -> bool:
    """Is it a key of an identity provider that the catalog knows?"""
    prefix = condition.folded_key.partition(":")[0]
    return prefix not in _PREFIXES_OF_AWS and condition.folded_key in (
        policy.catalog.condition_keys(_STS)
    )


def _is_of_service(condition: Condition) -> bool:
    """Does it ask that the key of a service has a value?"""
    operator = condition.operator
    return not (
        condition.folded_key.startswith("aws:")
        or operator.negated
        or operator.if_exists
        or operator.family in ("", "Null")
    )


def _actions(policy: PolicyView, statement: Statement) -> Iterator[tuple[Text, frozenset[str]]]:
    """The actions that exist, the first of each, with the keys of their requests."""
    seen = set()
    for text in statement.texts("Action"):
        name = folded(text.value)
        if name not in seen and not has_wildcard(name):
            seen.add(name)
            keys = condition_keys_of(policy.catalog, name)
            if keys is not None:
                yield text, keys


def _without(
    policy: PolicyView,
    condition: Condition,
    actions: list[tuple[Text, frozenset[str]]],
    *,
    sts_only: bool,
) -> list[Text]:
    """The actions whose requests never have the key."""
    key = policy.catalog.condition_key(condition.key)
    # A key that does not exist has a rule of its own.
    return [
        text
        for text, keys in actions
        if key
        and key.name.lower() not in keys
        and (not sts_only or folded(text.value).startswith(f"{_STS}:"))
    ]


def _problem(condition: Condition, actions: list[Text], *, approximate: bool) -> Problem:
    return Problem(
        f"{quoted(condition.key)} is not in requests for "
        f"{', '.join(text.value for text in actions)}: move these actions to a statement without "
        "this key.",
        (*(text.place for text in actions), condition.values.place),
        approximate,
    )
