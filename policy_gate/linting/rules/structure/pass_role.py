"""Rules about statements that let any role be passed to a service.

Whoever may pass a role to a service that runs code has that role's permissions.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.linting.grants import (
    WideGrant,
    any_resource,
    covered,
    left_in,
    named,
    other_resources,
    wide_grants,
)
from policy_gate.linting.rule import Problem, example, rule
from policy_gate.linting.view import PolicyView, Statement
from policy_gate.model import PolicyKind

_PASSED_TO = "iam:passedtoservice"
_ASSOCIATED_WITH = "iam:associatedresourcearn"
_LIMITING_OPERATORS = ("stringequals", "stringlike", "stringlikeifexists")
_IDENTITY = (PolicyKind.IDENTITY,)
_GOOD = example(
    '{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/app-*"}'
)
_GOOD_NOT_ACTION = example('{"Effect": "Allow", "NotAction": ["s3:*", "iam:*"], "Resource": "*"}')


def _limits_service(statement: Statement) -> bool:
    # As recorded answers have it: StringEqualsIfExists on iam:PassedToService does not count,
    # StringLikeIfExists does, and so does a test of the resource that the role is for.
    return any(
        condition.folded_key == _ASSOCIATED_WITH
        or (
            condition.folded_key == _PASSED_TO
            and condition.operator_name.lower() in _LIMITING_OPERATORS
        )
        for condition in statement.conditions
    )


_PASS_ROLE = WideGrant(
    action="iam:PassRole",
    any_resource="lets any role of the account be passed to a service",
    other_resources="lets every role that it does not name be passed to a service",
    advice="name the ARNs of the roles in Resource, and test iam:PassedToService",
    limited=_limits_service,
)


@rule(
    "PASS_ROLE_WITH_STAR_IN_RESOURCE",
    "SECURITY_WARNING",
    kinds=_IDENTITY,
    bad=example('{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}'),
    good=_GOOD,
)
def pass_role_with_star_in_resource(policy: PolicyView) -> Iterator[Problem]:
    """Reports iam:PassRole on Resource `*`, unless iam:PassedToService is tested.

    Why is this bad? Any role of the account, administrators included, can be given to a service
    that then acts for the caller.

    Use instead: the ARNs of the roles, and a Condition on iam:PassedToService.
    """
    yield from wide_grants(policy, _PASS_ROLE, named, any_resource)


@rule(
    "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE",
    "SECURITY_WARNING",
    kinds=_IDENTITY,
    bad=example('{"Effect": "Allow", "Action": "iam:Pass*", "Resource": "*"}'),
    good=_GOOD,
)
def pass_role_with_star_in_action_and_resource(policy: PolicyView) -> Iterator[Problem]:
    """Reports a wildcard that covers iam:PassRole on Resource `*`.

    Why is this bad? The statement seems to be about something else, and lets any role of the
    account be given to a service that then acts for the caller.

    Use instead: the actions that are needed, and iam:PassRole with the ARNs of the roles.
    """
    yield from wide_grants(policy, _PASS_ROLE, covered, any_resource)


@rule(
    "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
    "SECURITY_WARNING",
    kinds=_IDENTITY,
    bad=_GOOD_NOT_ACTION.replace("iam:*", "iam:Create*"),
    good=_GOOD_NOT_ACTION,
)
def pass_role_with_star_in_resource_and_not_action(policy: PolicyView) -> Iterator[Problem]:
    """Reports a NotAction that leaves iam:PassRole in, on Resource `*`.

    Why is this bad? All that is not named is allowed, and so is passing any role of the account.

    Use instead: Action with what is needed; or name iam:PassRole in NotAction too.
    """
    yield from wide_grants(policy, _PASS_ROLE, left_in, any_resource)


@rule(
    "PASS_ROLE_WITH_NOT_RESOURCE",
    "SECURITY_WARNING",
    kinds=_IDENTITY,
    bad=_GOOD.replace('"Resource"', '"NotResource"'),
    good=_GOOD,
)
def pass_role_with_not_resource(policy: PolicyView) -> Iterator[Problem]:
    """Reports iam:PassRole with NotResource.

    Why is this bad? Every role that is not named can be passed, those to come included.

    Use instead: Resource with the ARNs of the roles.
    """
    yield from wide_grants(policy, _PASS_ROLE, named, other_resources)


@rule(
    "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",
    "SECURITY_WARNING",
    kinds=_IDENTITY,
    bad=example(
        '{"Effect": "Allow", "Action": "iam:Pass*", "NotResource": "arn:aws:iam::*:role/admin"}'
    ),
    good=_GOOD,
)
def pass_role_with_star_in_action_and_not_resource(policy: PolicyView) -> Iterator[Problem]:
    """Reports a wildcard that covers iam:PassRole with NotResource.

    Why is this bad? Every role that is not named can be passed, those to come included.

    Use instead: the actions that are needed, and iam:PassRole with the ARNs of the roles.
    """
    yield from wide_grants(policy, _PASS_ROLE, covered, other_resources)


@rule(
    "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE",
    "SECURITY_WARNING",
    kinds=_IDENTITY,
    bad=_GOOD_NOT_ACTION.replace("iam:*", "iam:Create*").replace(
        '"Resource": "*"', '"NotResource": "arn:aws:s3:::logs/*"'
    ),
    good=_GOOD_NOT_ACTION,
)
def pass_role_with_not_action_and_not_resource(policy: PolicyView) -> Iterator[Problem]:
    """Reports a NotAction that leaves iam:PassRole in, with NotResource.

    Why is this bad? Every role that is not named can be passed, those to come included.

    Use instead: Action and Resource with what is needed.
    """
    yield from wide_grants(policy, _PASS_ROLE, left_in, other_resources)
