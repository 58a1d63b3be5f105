"""Rules about principals."""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.linting.fixers.principals import (
    misspelled_principal_key,
    principal_with_kind,
    without_principal,
    without_principal_of_anyone,
)
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import PRINCIPAL_ELEMENTS, PRINCIPAL_KEYS, PolicyView
from policy_gate.model import PolicyKind

_IN_RESOURCE_POLICIES = (PolicyKind.RESOURCE, PolicyKind.TRUST)
_REST = '"Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}'
_NO_PRINCIPAL = example('{"Effect": "Allow", ' + _REST)
_ACCOUNT = example('{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, ' + _REST)


@rule(
    "UNSUPPORTED_PRINCIPAL",
    "ERROR",
    kinds=(PolicyKind.IDENTITY,),
    bad=_ACCOUNT,
    good=_NO_PRINCIPAL,
    fix=without_principal,
)
def unsupported_principal(policy: PolicyView) -> Iterator[Problem]:
    """Reports Principal and NotPrincipal in an identity policy.

    Why is this bad? AWS refuses the policy: its principal is the identity that it is attached to.

    Use instead: no Principal; or attach the policy to the resource.
    """
    yield from _forbidden(policy, "an identity policy, whose principal is the identity itself")


@rule(
    "SCP_SYNTAX_ERROR_PRINCIPAL",
    "ERROR",
    kinds=(PolicyKind.SERVICE_CONTROL,),
    bad=example('{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}'),
    good=example('{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}'),
    fix=without_principal_of_anyone,
)
def scp_syntax_error_principal(policy: PolicyView) -> Iterator[Problem]:
    """Reports Principal and NotPrincipal in a service control policy.

    Why is this bad? AWS refuses the policy: it limits every principal of the accounts it is
    attached to.

    Use instead: a Condition on aws:PrincipalArn where the statement is about some principals only.
    """
    yield from _forbidden(
        policy, "a service control policy: use a Condition on aws:PrincipalArn instead"
    )


def _forbidden(policy: PolicyView, where: str) -> Iterator[Problem]:
    for statement in policy.statements:
        for name, part in statement.elements(PRINCIPAL_ELEMENTS):
            yield Problem(f"{name} cannot stand in {where}.", (part.place,))


@rule(
    "INVALID_PRINCIPAL_FORMAT",
    "ERROR",
    kinds=_IN_RESOURCE_POLICIES,
    bad=_ACCOUNT.replace('{"AWS": "111122223333"}', '"111122223333"'),
    good=_ACCOUNT,
    fix=principal_with_kind,
)
def invalid_principal_format(policy: PolicyView) -> Iterator[Problem]:
    """Reports a Principal that is an array, or a string other than `*`.

    Why is this bad? AWS refuses the policy: the kind of principal is missing.

    Use instead: an object from the kind to one or more values, as `{"AWS": "111122223333"}`.
    """
    for statement in policy.statements:
        for name, part in statement.elements(PRINCIPAL_ELEMENTS):
            if isinstance(part.value, (str, list)) and part.value != "*":
                shown = quoted(part.value) if isinstance(part.value, str) else "an array"
                yield Problem(
                    f"{name} is {shown}, which does not say what kind of principal it is: write an "
                    'object, as {"AWS": "111122223333"}.',
                    (part.place,),
                )


@rule(
    "INVALID_PRINCIPAL_KEY",
    "ERROR",
    kinds=_IN_RESOURCE_POLICIES,
    bad=_ACCOUNT.replace('"AWS"', '"Account"'),
    good=_ACCOUNT,
    fix=misspelled_principal_key,
)
def invalid_principal_key(policy: PolicyView) -> Iterator[Problem]:
    """Reports a key of Principal other than AWS, Service, Federated and CanonicalUser.

    Why is this bad? AWS refuses the policy. The keys are case-sensitive.

    Use instead: `AWS` for accounts, users, roles and sessions, `Service` for AWS services,
    `Federated` for identity providers, `CanonicalUser` for the canonical ids of S3.
    """
    for statement in policy.statements:
        for name, part in statement.elements(PRINCIPAL_ELEMENTS):
            for key, values in part.members():
                if key not in PRINCIPAL_KEYS:
                    yield Problem(
                        f"{quoted(key)} is no kind of {name}: use one of "
                        f"{', '.join(PRINCIPAL_KEYS)}.",
                        (values.place,),
                    )


@rule(
    "ALLOW_WITH_NOT_PRINCIPAL",
    "SECURITY_WARNING",
    kinds=(PolicyKind.RESOURCE,),
    bad=_ACCOUNT.replace('"Principal"', '"NotPrincipal"'),
    good=_ACCOUNT,
)
def allow_with_not_principal(policy: PolicyView) -> Iterator[Problem]:
    """Reports an Allow for everyone but the principals that NotPrincipal names.

    Why is this bad? It gives access to every other principal of every account, and to requests
    that nobody has signed.

    Use instead: Allow with the principals that need access.
    """
    for statement in policy.statements:
        effect, excluded = statement.text("Effect"), statement.element("NotPrincipal")
        if statement.allows and effect and excluded:
            yield Problem(
                "Allow with NotPrincipal gives access to everybody else, anonymous requests "
                "included: name those who need access in Principal.",
                (effect.place, excluded.place),
            )
