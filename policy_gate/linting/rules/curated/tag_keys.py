"""Rules about aws:ResourceTag with actions of which it tells nothing.

Which actions have the key in their requests AWS does not document for all: those that name actions
are approximate. With NotAction there are always some.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.catalog.interface import Catalog
from policy_gate.linting.actions import condition_keys_of
from policy_gate.linting.patterns import has_wildcard
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import Condition, PolicyView, Statement, Text
from policy_gate.model import PolicyKind

_KEY = "aws:resourcetag/"
_IDENTITY = (PolicyKind.IDENTITY,)
_IDENTITY_AND_SCP = (PolicyKind.IDENTITY, PolicyKind.SERVICE_CONTROL)


def _tagged(effect: str, actions: str) -> str:
    return example(
        f'{{"Effect": "{effect}", {actions}, "Resource": "*",\n'
        '     "Condition": {"StringEquals": {"aws:ResourceTag/team": "red"}}}'
    )


@rule(
    "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    "SUGGESTION",
    kinds=_IDENTITY,
    bad=_tagged("Allow", '"NotAction": "iam:*"'),
    good=_tagged("Allow", '"Action": "ec2:StartInstances"'),
)
def allow_notaction_with_unsupported_tag_condition_key_for_service(
    policy: PolicyView,
) -> Iterator[Problem]:
    """Reports an Allow with NotAction and a condition on aws:ResourceTag.

    Why is this bad? Many actions never have the key in their requests: they are not allowed,
    although NotAction seems to allow them.

    Use instead: Action with those that have the key.
    """
    for statement in policy.statements:
        if statement.allows:
            yield from _not_action(
                statement, "allows nothing of the actions that never have that key"
            )


@rule(
    "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    "SECURITY_WARNING",
    kinds=_IDENTITY_AND_SCP,
    bad=_tagged("Deny", '"NotAction": "iam:*"'),
    good=_tagged("Deny", '"Action": "ec2:StartInstances"'),
)
def deny_notaction_with_unsupported_tag_condition_key_for_service(
    policy: PolicyView,
) -> Iterator[Problem]:
    """Reports a Deny with NotAction and a condition on aws:ResourceTag.

    Why is this bad? Many actions never have the key in their requests: they are not denied,
    although NotAction seems to deny them.

    Use instead: Action with those that have the key, and a Deny without the condition for others.
    """
    for statement in policy.statements:
        if statement.denies:
            yield from _not_action(
                statement, "denies nothing of the actions that never have that key"
            )


@rule(
    "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    "SUGGESTION",
    kinds=_IDENTITY,
    bad=_tagged("Allow", '"Action": ["ec2:StartInstances", "sqs:ListQueues"]'),
    good=_tagged("Allow", '"Action": "ec2:StartInstances"'),
    approximate=True,
)
def allow_with_unsupported_tag_condition_key_for_service(policy: PolicyView) -> Iterator[Problem]:
    """Reports an Allow on a tag of the resource for actions that never have aws:ResourceTag.

    Why is this bad? The condition is never met for them: they are not allowed.

    Use instead: a statement of their own for these actions, without the condition.
    """
    for statement in policy.statements:
        if statement.allows:
            yield from _unsupported(policy, statement, "are not allowed")


@rule(
    "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    "SECURITY_WARNING",
    kinds=_IDENTITY_AND_SCP,
    bad=_tagged("Deny", '"Action": ["ec2:StartInstances", "sqs:ListQueues"]'),
    good=_tagged("Deny", '"Action": "ec2:StartInstances"'),
    approximate=True,
)
def deny_with_unsupported_tag_condition_key_for_service(policy: PolicyView) -> Iterator[Problem]:
    """Reports a Deny on a tag of the resource for actions that never have aws:ResourceTag.

    Why is this bad? The condition is never met for them: they are not denied.

    Use instead: a statement of their own for these actions, without the condition.
    """
    for statement in policy.statements:
        if statement.denies:
            yield from _unsupported(policy, statement, "are not denied")


def _not_action(statement: Statement, outcome: str) -> Iterator[Problem]:
    excluded = statement.element("NotAction")
    if excluded is None:
        return
    for condition in _tag_conditions(statement):
        yield Problem(
            f"With NotAction, the condition on {quoted(condition.key)} {outcome}: name the actions "
            "that have it in Action.",
            (excluded.place, condition.key_place),
        )


def _unsupported(policy: PolicyView, statement: Statement, outcome: str) -> Iterator[Problem]:
    for condition in _tag_conditions(statement):
        by_service: dict[str, list[Text]] = {}
        for text in statement.texts("Action"):
            if not has_wildcard(text.value) and not _has_tags(policy.catalog, text.value):
                by_service.setdefault(text.value.partition(":")[0].lower(), []).append(text)
        for service, texts in by_service.items():
            shown = ", ".join(quoted(text.value) for text in texts[:3])
            yield Problem(
                f"Requests of {len(texts)} actions of {service}, as {shown}, never have "
                f"{quoted(condition.key)}: they {outcome}. Give them a statement of their own.",
                (*(text.place for text in texts), condition.key_place),
            )


def _tag_conditions(statement: Statement) -> list[Condition]:
    return [
        condition
        for condition in statement.conditions
        if condition.folded_key.startswith(_KEY)
        and not condition.operator.negated
        and not condition.operator.if_exists
        and condition.operator.family not in ("", "Null")
    ]


def _has_tags(catalog: Catalog, name: str) -> bool:
    keys = condition_keys_of(catalog, name)
    return keys is None or any(key.startswith(_KEY) for key in keys)
