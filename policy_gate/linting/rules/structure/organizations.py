"""Rules about the form of service control policies and resource control policies.

Sources:
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
"""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.linting.patterns import has_wildcard
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import Part, PolicyView, Statement
from policy_gate.model import PolicyKind

_SCP = (PolicyKind.SERVICE_CONTROL,)
_RCP = (PolicyKind.RESOURCE_CONTROL,)
_GOOD_SCP = example('{"Effect": "Deny", "Action": "iam:Delete*", "Resource": "*"}')
_GOOD_RCP = example(
    '{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",\n'
    '     "Condition": {"Bool": {"aws:SecureTransport": "false"}}}'
)


@rule(
    "SCP_SYNTAX_ERROR_ACTION_WILDCARD",
    "ERROR",
    kinds=_SCP,
    bad=_GOOD_SCP.replace("iam:Delete*", "iam:*Role"),
    good=_GOOD_SCP,
)
def scp_syntax_error_action_wildcard(policy: PolicyView) -> Iterator[Problem]:
    """Reports an action of a service control policy with a wildcard before its end.

    Why is this bad? AWS Organizations may refuse the policy: it takes `iam:Get*`, but not
    `iam:*Role`.

    Use instead: a wildcard at the end only, or the actions one by one.
    """
    for statement in policy.statements:
        for action in statement.actions:
            if has_wildcard(action.value.rstrip("*")[:-1]):
                yield Problem(
                    f"{quoted(action.value)} has a wildcard before its end, which a service "
                    'control policy does not take: put it last, as in "iam:Get*", or name the '
                    "actions.",
                    (action.place,),
                )


@rule(
    "RCP_SYNTAX_ERROR_PRINCIPAL",
    "ERROR",
    kinds=_RCP,
    bad=_GOOD_RCP.replace('"*", "Action"', '{"AWS": "111122223333"}, "Action"'),
    good=_GOOD_RCP,
)
def rcp_syntax_error_principal(policy: PolicyView) -> Iterator[Problem]:
    """Reports another Principal than `*` in a resource control policy, and NotPrincipal.

    Why is this bad? AWS Organizations refuses the policy: it is about everyone who comes to the
    resources.

    Use instead: `"Principal": "*"`, and a Condition on keys as aws:PrincipalAccount.
    """
    for statement in policy.statements:
        principal = statement.element("Principal")
        if principal and isinstance(principal.value, (str, list, dict)) and not _all(principal):
            yield Problem(
                'Principal of a resource control policy can only be "*": test who calls in a '
                "Condition, as on aws:PrincipalAccount.",
                (principal.place,),
            )
        if excluded := statement.element("NotPrincipal"):
            yield Problem(
                "NotPrincipal cannot stand in a resource control policy: write "
                '"Principal": "*", and test who calls in a Condition, as on aws:PrincipalArn.',
                (excluded.place,),
            )


def _all(principal: Part) -> bool:
    # {"AWS": "*"} means the same, and no source says that it is refused.
    members = dict(principal.members())
    values = members["AWS"] if members.keys() == {"AWS"} else principal
    return [entry.value for entry in values.entries()] == ["*"] and (
        bool(members) or principal.value == "*"
    )


@rule(
    "RCP_SYNTAX_ERROR_ALLOW",
    "ERROR",
    kinds=_RCP,
    bad=_GOOD_RCP.replace("Deny", "Allow"),
    good=_GOOD_RCP,
)
def rcp_syntax_error_allow(policy: PolicyView) -> Iterator[Problem]:
    """Reports an Allow of a resource control policy that is not for all resources, always.

    Why is this bad? AWS Organizations refuses the policy: RCPFullAWSAccess allows everything, and
    other policies take away from it.

    Use instead: Deny with the opposite Condition.
    """
    for statement in policy.statements:
        limits = list(_limits(statement)) if statement.allows else []
        if limits:
            yield Problem(
                f"An Allow of a resource control policy takes no {' and no '.join(dict(limits))}: "
                "deny what is not to be allowed.",
                tuple(part.place for _, part in limits),
            )


def _limits(statement: Statement) -> Iterator[tuple[str, Part]]:
    # Principal has a rule of its own.
    for name, part in statement.elements(("Resource", "NotResource", "Condition")):
        if name != "Resource":
            yield name, part
        elif any(text.value != "*" for text in part.texts()):
            yield 'Resource other than "*"', part


@rule(
    "RCP_SYNTAX_ERROR_NOTACTION",
    "ERROR",
    kinds=_RCP,
    bad=_GOOD_RCP.replace('"Action": "s3:*"', '"NotAction": "s3:GetObject"'),
    good=_GOOD_RCP,
)
def rcp_syntax_error_notaction(policy: PolicyView) -> Iterator[Problem]:
    """Reports NotAction in a resource control policy.

    Why is this bad? AWS Organizations refuses the policy.

    Use instead: Action with what the statement is about.
    """
    for statement in policy.statements:
        if excluded := statement.element("NotAction"):
            yield Problem(
                "NotAction cannot stand in a resource control policy: name the actions in Action, "
                'as "s3:*".',
                (excluded.place,),
            )
