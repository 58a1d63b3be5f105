"""Rules about identity providers in the trust policies of roles.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from policy_gate.linting.federation import federated, is_literal, oidc_trusts, provider_of
from policy_gate.linting.patterns import has_wildcard
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import PolicyView, Statement, Text
from policy_gate.model import PolicyKind

_TRUST = (PolicyKind.TRUST,)
_ASSUME_ROLE = "sts:assumerole"
_WITH_SAML = "sts:assumerolewithsaml"
_WITH_WEB_IDENTITY = "sts:assumerolewithwebidentity"
_ASSUME_ACTIONS = (_ASSUME_ROLE, _WITH_SAML, _WITH_WEB_IDENTITY)
_SHOWN_PRINCIPALS = 3
_GOOD_SAML = example(
    '{"Effect": "Allow", "Action": "sts:AssumeRoleWithSAML",\n'
    '     "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/corp"}}'
)
_GOOD_OIDC = example(
    '{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",\n'
    '     "Principal": {"Federated": "accounts.google.com"},\n'
    '     "Condition": {"StringEquals": {"accounts.google.com:sub": "108234567890123456789"}}}'
)


@rule(
    "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY",
    "ERROR",
    kinds=_TRUST,
    bad=_GOOD_SAML.replace("arn:aws:iam::111122223333:saml-provider/corp", "corp"),
    good=_GOOD_SAML,
)
def invalid_federated_principal_syntax_in_role_trust_policy(
    policy: PolicyView,
) -> Iterator[Problem]:
    """Reports a Federated principal that is neither a domain name nor the ARN of a provider.

    Why is this bad? AWS refuses the policy.

    Use instead: the ARN of a provider of the account, as
    `arn:aws:iam::111122223333:saml-provider/corp` or `...:oidc-provider/login.example.com`; or the
    domain of one that AWS knows by itself, as `cognito-identity.amazonaws.com`.
    """
    for statement in policy.statements:
        for principal in federated(statement):
            if is_literal(principal.value) and not provider_of(principal.value):
                yield Problem(
                    f"Federated {quoted(principal.value)} names no identity provider: write the "
                    "ARN of a SAML or OIDC provider, or the domain name of the provider.",
                    (principal.place,),
                )


class _Caller(NamedTuple):
    """A principal, and the actions of _ASSUME_ACTIONS that it can call."""

    text: Text
    actions: tuple[str, ...]


@rule(
    "MISMATCHED_ACTION_FOR_PRINCIPAL",
    "ERROR",
    kinds=(PolicyKind.TRUST, PolicyKind.RESOURCE),
    bad=_GOOD_SAML.replace("WithSAML", ""),
    good=_GOOD_SAML,
)
def mismatched_action_for_principal(policy: PolicyView) -> Iterator[Problem]:
    """Reports an action that assumes a role in another way than the principal can.

    Why is this bad? Nobody can assume the role through this statement. Users of a SAML provider
    call sts:AssumeRoleWithSAML, those of an OIDC provider sts:AssumeRoleWithWebIdentity, and
    accounts, users, roles and services call sts:AssumeRole.

    Use instead: the action of the principal. A statement may have several of both, as long as each
    has its counterpart.
    """
    for statement in policy.statements:
        callers = _callers(statement)
        actions = _assume_actions(statement)
        any_action = any(has_wildcard(action.value) for action in statement.texts("Action"))
        for name, action in actions.items():
            strange = [caller for caller in callers if name not in caller.actions]
            if len(strange) < len(callers):
                # Others can call it: what is wrong are principals that have no action at all.
                strange = (
                    [] if any_action else [c for c in strange if not actions.keys() & c.actions]
                )
            if strange:
                yield Problem(
                    f"{action.value} cannot be called by {_names(strange)}: use "
                    "sts:AssumeRoleWithSAML for SAML providers and sts:AssumeRoleWithWebIdentity "
                    "for OIDC providers, both under Federated, and sts:AssumeRole for all others.",
                    (action.place, *(caller.text.place for caller in strange)),
                )


def _assume_actions(statement: Statement) -> dict[str, Text]:
    """The actions that assume a role, by name: the first of each, since others repeat it."""
    found: dict[str, Text] = {}
    for action in statement.texts("Action"):
        name = action.value.lower()
        if name in _ASSUME_ACTIONS:
            found.setdefault(name, action)
    return found


def _callers(statement: Statement) -> list[_Caller]:
    callers = [
        _Caller(text, (_ASSUME_ROLE,) if is_literal(text.value) else _ASSUME_ACTIONS)
        for key in ("AWS", "Service")
        for text in statement.principals(key, ("Principal",))
    ]
    for text in federated(statement):
        provider = provider_of(text.value) if is_literal(text.value) else None
        if not provider:
            callers.append(_Caller(text, _ASSUME_ACTIONS))
        else:
            action = _WITH_SAML if provider.kind == "SAML" else _WITH_WEB_IDENTITY
            callers.append(_Caller(text, (action,)))
    return callers


def _names(callers: list[_Caller]) -> str:
    names = [quoted(caller.text.value) for caller in callers[:_SHOWN_PRINCIPALS]]
    return ", ".join(names) + (" and others" if len(callers) > _SHOWN_PRINCIPALS else "")


@rule(
    "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL",
    "SECURITY_WARNING",
    kinds=_TRUST,
    bad=_GOOD_OIDC.replace("accounts.google.com:sub", "sts:RoleSessionName"),
    good=_GOOD_OIDC,
)
def missing_condition_key_for_oidc_principal(policy: PolicyView) -> Iterator[Problem]:
    """Reports trust in an OIDC provider without a test of any of its condition keys.

    Why is this bad? Everyone whom the provider signs in can assume the role, in any application.

    Use instead: a Condition on the keys of the provider, as `accounts.google.com:aud` for the
    application and `accounts.google.com:sub` for the user.
    """
    for statement, principal, provider in oidc_trusts(policy):
        if provider.name.lower() not in statement.condition_prefixes:
            key = f"{provider.name}:aud"
            yield Problem(
                f"Everyone whom {quoted(principal.value)} signs in can assume the role: test a "
                f"condition key of this provider, as {quoted(key)}.",
                (principal.place,),
            )
