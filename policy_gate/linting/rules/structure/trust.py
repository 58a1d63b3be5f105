"""Rules about the trust policies of roles."""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.linting.actions import concerns
from policy_gate.linting.arns import arn_of, is_open
from policy_gate.linting.fixers.principals import without_resource
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import RESOURCE_ELEMENTS, PolicyView
from policy_gate.model import PolicyKind

_TRUST = (PolicyKind.TRUST,)
_ROLES_ANYWHERE = "rolesanywhere.amazonaws.com"
_ROLES_ANYWHERE_ACTIONS = ("sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession")
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


_GOOD_ROLES_ANYWHERE = example(
    f'{{"Effect": "Allow", "Principal": {{"Service": "{_ROLES_ANYWHERE}"}},\n'
    '     "Action": ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]}'
)


@rule(
    "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY",
    "ERROR",
    kinds=_TRUST,
    bad=_GOOD_ROLES_ANYWHERE.replace(', "sts:TagSession"', ""),
    good=_GOOD_ROLES_ANYWHERE,
)
def missing_action_for_roles_anywhere_trust_policy(policy: PolicyView) -> Iterator[Problem]:
    """Reports trust in IAM Roles Anywhere without all three actions that it calls.

    Why is this bad? It passes the certificate's fields as source identity and session tags, and
    cannot assume a role that does not let it.

    Use instead: sts:AssumeRole, sts:SetSourceIdentity and sts:TagSession.
    """
    trusts = [
        (statement, principal)
        for statement in policy.statements
        for principal in statement.principals("Service", ("Principal",))
        if statement.allows and principal.value == _ROLES_ANYWHERE
    ]
    # The actions may stand in statements of their own.
    missing = [
        action
        for action in _ROLES_ANYWHERE_ACTIONS
        if not any(concerns(statement, action) for statement, _ in trusts)
    ]
    for statement, principal in trusts[:1]:
        actions = statement.element("Action")
        if missing and actions:
            yield Problem(
                f"{_ROLES_ANYWHERE} cannot assume the role without {' and '.join(missing)}: "
                "add what is missing to Action.",
                (actions.place, principal.place),
            )


@rule(
    "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY",
    "SUGGESTION",
    kinds=_TRUST,
    bad=_GOOD.replace(
        '"111122223333"',
        '[\n      "arn:aws:iam::111122223333:role/ci",\n'
        '      "arn:aws:sts::111122223333:assumed-role/ci/release"\n    ]',
    ),
    good=_GOOD.replace('"111122223333"', '"arn:aws:iam::111122223333:role/ci"'),
)
def redundant_principal_in_role_trust_policy(policy: PolicyView) -> Iterator[Problem]:
    """Reports a session of a role beside the role itself.

    Why is this bad? The role stands for all its sessions: naming one of them does nothing, and
    makes it look as if the others had no access.

    Use instead: the role alone; or the session alone, if no other may assume the role.
    """
    for statement in policy.statements:
        principals = list(statement.principals("AWS", ("Principal",)))
        roles = {_role_of(text.value, "role"): text.value for text in principals}
        for text in principals:
            session = _role_of(text.value, "assumed-role")
            if session and session in roles:
                yield Problem(
                    f"{quoted(text.value)} is a session of {quoted(roles[session])}, which the "
                    "statement names too: remove the session.",
                    (text.place,),
                )


def _role_of(principal: str, kind: str) -> tuple[str, str, str] | None:
    """Partition, account and name of the role that an ARN of this kind is about."""
    arn = arn_of(principal)
    if not arn or is_open(principal):
        return None
    # The ARN of a role has its path before the name, that of a session none, but the session.
    first, *rest = arn.resource.split("/")
    if first != kind or not rest or arn.service not in ("iam", "sts"):
        return None
    name = rest[-1] if kind == "role" else rest[0]
    return (arn.partition, arn.account, name) if name else None
