"""Rules about the elements that a statement has, lacks or combines."""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.linting.fixers.spelling import misspelled_effect
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import (
    ACTION_ELEMENTS,
    PRINCIPAL_ELEMENTS,
    RESOURCE_ELEMENTS,
    PolicyView,
)
from policy_gate.model import PolicyKind

_EFFECTS = ("Allow", "Deny")
_GOOD = example('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}')


@rule(
    "MISSING_EFFECT",
    "ERROR",
    bad=example('{"Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}'),
    good=_GOOD,
)
def missing_effect(policy: PolicyView) -> Iterator[Problem]:
    """Reports a statement without Effect.

    Why is this bad? AWS refuses the policy: there is no default effect.

    Use instead: `"Effect": "Allow"` or `"Effect": "Deny"`.
    """
    for statement in policy.statements:
        if not statement.element("Effect"):
            yield Problem(
                'The statement has no Effect: add "Effect": "Allow" or "Effect": "Deny".',
                (statement.place,),
            )


@rule(
    "INVALID_EFFECT",
    "ERROR",
    bad=example('{"Effect": "allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}'),
    good=_GOOD,
    fix=misspelled_effect,
)
def invalid_effect(policy: PolicyView) -> Iterator[Problem]:
    """Reports an Effect other than Allow and Deny.

    Why is this bad? AWS refuses the policy. The two words are case-sensitive.

    Use instead: `"Effect": "Allow"` or `"Effect": "Deny"`.
    """
    for statement in policy.statements:
        effect = statement.text("Effect")
        if effect and effect.value not in _EFFECTS:
            yield Problem(
                f'Effect {quoted(effect.value)} does not exist: write "Allow" or "Deny".',
                (effect.place,),
            )


@rule(
    "MISSING_ACTION",
    "ERROR",
    bad=example('{"Effect": "Allow", "Resource": "arn:aws:s3:::logs/*"}'),
    good=_GOOD,
)
def missing_action(policy: PolicyView) -> Iterator[Problem]:
    """Reports a statement with neither Action nor NotAction.

    Why is this bad? AWS refuses the policy: a statement must say which calls it is about.

    Use instead: an Action that names them, as `"Action": "s3:GetObject"`.
    """
    yield from _lacking(policy, ACTION_ELEMENTS, 'as "Action": "s3:GetObject"')


@rule(
    "MISSING_RESOURCE",
    "ERROR",
    kinds=(
        PolicyKind.IDENTITY,
        PolicyKind.RESOURCE,
        PolicyKind.SERVICE_CONTROL,
        PolicyKind.RESOURCE_CONTROL,
    ),
    bad=example('{"Effect": "Allow", "Action": "s3:GetObject"}'),
    good=_GOOD,
)
def missing_resource(policy: PolicyView) -> Iterator[Problem]:
    """Reports a statement with neither Resource nor NotResource, but for role trust policies.

    Why is this bad? AWS refuses the policy; only in a trust policy is the resource the role itself.

    Use instead: a Resource, as `"Resource": "arn:aws:s3:::logs/*"`.
    """
    yield from _lacking(policy, RESOURCE_ELEMENTS, 'as "Resource": "arn:aws:s3:::logs/*"')


@rule(
    "MISSING_PRINCIPAL",
    "ERROR",
    kinds=(PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.RESOURCE_CONTROL),
    bad=_GOOD,
    good=example(
        '{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", '
        '"Resource": "arn:aws:s3:::logs/*"}'
    ),
)
def missing_principal(policy: PolicyView) -> Iterator[Problem]:
    """Reports a statement of a resource policy with neither Principal nor NotPrincipal.

    Why is this bad? AWS refuses the policy: attached to a resource, it must say who gets access.

    Use instead: a Principal, as `"Principal": {"AWS": "111122223333"}`.
    """
    yield from _lacking(policy, PRINCIPAL_ELEMENTS, 'as "Principal": {"AWS": "111122223333"}')


def _lacking(policy: PolicyView, names: tuple[str, str], example: str) -> Iterator[Problem]:
    for statement in policy.statements:
        if not any(statement.elements(names)):
            yield Problem(
                f"The statement has neither {names[0]} nor {names[1]}: add one, {example}.",
                (statement.place,),
            )


@rule(
    "UNSUPPORTED_ELEMENT_COMBINATION",
    "ERROR",
    bad=_GOOD.replace('"Resource"', '"NotResource": "arn:aws:s3:::logs/x/*", "Resource"'),
    good=_GOOD,
)
def unsupported_element_combination(policy: PolicyView) -> Iterator[Problem]:
    """Reports a statement with both an element and its negation, as Action and NotAction.

    Why is this bad? AWS refuses the policy: NotAction does not subtract from Action.

    Use instead: one of the two; for an exception, a second statement that denies it.
    """
    for statement in policy.statements:
        for names in (ACTION_ELEMENTS, RESOURCE_ELEMENTS, PRINCIPAL_ELEMENTS):
            both = list(statement.elements(names))
            if len(both) == 2:
                yield Problem(
                    f"{names[0]} and {names[1]} exclude each other: keep one, and put exceptions "
                    "into a statement of their own.",
                    tuple(part.place for _, part in both),
                )
