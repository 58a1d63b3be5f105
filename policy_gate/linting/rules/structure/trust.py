"""Rules about the trust policies of roles."""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.linting.fixers.principals import without_resource
from policy_gate.linting.rule import Problem, example, rule
from policy_gate.linting.view import RESOURCE_ELEMENTS, PolicyView
from policy_gate.model import PolicyKind

_TRUST = (PolicyKind.TRUST,)
_GOOD = example(
    '{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}'
)


@rule(
    "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE",
    "ERROR",
    kinds=_TRUST,
    bad=_GOOD.replace('"sts:AssumeRole"', '"sts:AssumeRole", "Resource": "*"'),
    good=_GOOD,
    fix=without_resource,
)
def role_trust_policy_syntax_error_resource(policy: PolicyView) -> Iterator[Problem]:
    """Reports Resource and NotResource in a trust policy.

    Why is this bad? AWS refuses the policy: its resource is the role that it is attached to.

    Use instead: no Resource.
    """
    for statement in policy.statements:
        for name, part in statement.elements(RESOURCE_ELEMENTS):
            yield Problem(
                f"{name} cannot stand in a trust policy, whose resource is the role itself: "
                "remove it.",
                (part.place,),
            )


@rule(
    "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL",
    "ERROR",
    kinds=_TRUST,
    bad=_GOOD.replace('"Allow", "Principal"', '"Deny", "NotPrincipal"'),
    good=_GOOD,
)
def role_trust_policy_syntax_error_notprincipal(policy: PolicyView) -> Iterator[Problem]:
    """Reports NotPrincipal in a trust policy.

    Why is this bad? AWS refuses the policy.

    Use instead: Principal with those who may assume the role; exceptions go into a Condition.
    """
    for statement in policy.statements:
        if excluded := statement.element("NotPrincipal"):
            yield Problem(
                "NotPrincipal cannot stand in a trust policy: name those who may assume the role "
                "in Principal.",
                (excluded.place,),
            )


@rule(
    "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
    "ERROR",
    kinds=_TRUST,
    bad=_GOOD.replace('{"AWS": "111122223333"}', '"*"'),
    good=_GOOD,
)
def role_trust_policy_unsupported_wildcard_in_principal(policy: PolicyView) -> Iterator[Problem]:
    """Reports the string `*` as the Principal of a trust policy.

    Why is this bad? AWS does not take this form in a trust policy, and it would let everyone
    assume the role.

    Use instead: the accounts, roles or services that need it, as `{"AWS": "111122223333"}`.
    """
    for statement in policy.statements:
        principal = statement.element("Principal")
        if principal and principal.value == "*":
            yield Problem(
                'Principal "*" cannot stand in a trust policy: name those who may assume the role, '
                'as {"AWS": "111122223333"}.',
                (principal.place,),
            )
