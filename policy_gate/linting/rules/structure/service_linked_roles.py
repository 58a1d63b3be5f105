"""Rules about statements that let service-linked roles be created for any service.

A service-linked role gives an AWS service permissions in the account, whoever asked for it.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
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

_SERVICE_NAME = "iam:awsservicename"
_LIMITING_OPERATORS = ("StringEquals", "StringLike")
_IDENTITY = (PolicyKind.IDENTITY,)
_ROLE = "arn:aws:iam::*:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
_GOOD = example(
    f'{{"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "{_ROLE}"}}'
)
_GOOD_NOT_ACTION = example('{"Effect": "Allow", "NotAction": ["s3:*", "iam:*"], "Resource": "*"}')


def _limits_service(statement: Statement) -> bool:
    # As recorded answers have it: a value that begins with `*` limits nothing, ForAnyValue does.
    return any(
        condition.operator.name in _LIMITING_OPERATORS
        and not condition.operator.if_exists
        and condition.texts
        and not any(text.value.startswith("*") for text in condition.texts)
        for condition in statement.conditions_on(_SERVICE_NAME)
    )


_CREATE_SLR = WideGrant(
    action="iam:CreateServiceLinkedRole",
    any_resource="lets a role be created for any service",
    other_resources="lets every service-linked role that it does not name be created",
    advice="name the ARNs of the roles in Resource, and test iam:AWSServiceName",
    limited=_limits_service,
)


@rule(
    "CREATE_SLR_WITH_STAR_IN_RESOURCE",
    "WARNING",
    kinds=_IDENTITY,
    bad=_GOOD.replace(_ROLE, "*"),
    good=_GOOD,
)
def create_slr_with_star_in_resource(policy: PolicyView) -> Iterator[Problem]:
    """Reports iam:CreateServiceLinkedRole on Resource `*`, unless iam:AWSServiceName is tested.

    Why is this bad? Any service that has such a role can be given its permissions in the account.

    Use instead: the ARN of the role, and a Condition on iam:AWSServiceName.
    """
    yield from wide_grants(policy, _CREATE_SLR, named, any_resource)


@rule(
    "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE",
    "WARNING",
    kinds=_IDENTITY,
    bad=example('{"Effect": "Allow", "Action": "iam:Create*", "Resource": "*"}'),
    good=_GOOD,
)
def create_slr_with_star_in_action_and_resource(policy: PolicyView) -> Iterator[Problem]:
    """Reports a wildcard that covers iam:CreateServiceLinkedRole on Resource `*`.

    Why is this bad? The statement seems to be about something else, and lets any service that has
    such a role be given its permissions in the account.

    Use instead: the actions that are needed, and iam:CreateServiceLinkedRole with the ARN of the
    role.
    """
    yield from wide_grants(policy, _CREATE_SLR, covered, any_resource)


@rule(
    "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
    "WARNING",
    kinds=_IDENTITY,
    bad=_GOOD_NOT_ACTION.replace("iam:*", "iam:Pass*"),
    good=_GOOD_NOT_ACTION,
)
def create_slr_with_star_in_resource_and_not_action(policy: PolicyView) -> Iterator[Problem]:
    """Reports a NotAction that leaves iam:CreateServiceLinkedRole in, on Resource `*`.

    Why is this bad? All that is not named is allowed, and so is creating the service-linked role
    of any service.

    Use instead: Action with what is needed; or name iam:CreateServiceLinkedRole in NotAction too.
    """
    yield from wide_grants(policy, _CREATE_SLR, left_in, any_resource)


@rule(
    "CREATE_SLR_WITH_NOT_RESOURCE",
    "WARNING",
    kinds=_IDENTITY,
    bad=_GOOD.replace('"Resource"', '"NotResource"'),
    good=_GOOD,
)
def create_slr_with_not_resource(policy: PolicyView) -> Iterator[Problem]:
    """Reports iam:CreateServiceLinkedRole with NotResource.

    Why is this bad? Every role that is not named can be created, those of services to come
    included.

    Use instead: Resource with the ARN of the role.
    """
    yield from wide_grants(policy, _CREATE_SLR, named, other_resources)


@rule(
    "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",
    "WARNING",
    kinds=_IDENTITY,
    bad=example(f'{{"Effect": "Allow", "Action": "iam:Create*", "NotResource": "{_ROLE}"}}'),
    good=_GOOD,
)
def create_slr_with_star_in_action_and_not_resource(policy: PolicyView) -> Iterator[Problem]:
    """Reports a wildcard that covers iam:CreateServiceLinkedRole with NotResource.

    Why is this bad? Every role that is not named can be created, those of services to come
    included.

    Use instead: the actions that are needed, and iam:CreateServiceLinkedRole with the ARN of the
    role.
    """
    yield from wide_grants(policy, _CREATE_SLR, covered, other_resources)


@rule(
    "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE",
    "WARNING",
    kinds=_IDENTITY,
    bad=_GOOD_NOT_ACTION.replace("iam:*", "iam:Pass*").replace(
        '"Resource": "*"', '"NotResource": "arn:aws:s3:::logs/*"'
    ),
    good=_GOOD_NOT_ACTION,
)
def create_slr_with_not_action_and_not_resource(policy: PolicyView) -> Iterator[Problem]:
    """Reports a NotAction that leaves iam:CreateServiceLinkedRole in, with NotResource.

    Why is this bad? Every role that is not named can be created, those of services to come
    included.

    Use instead: Action and Resource with what is needed.
    """
    yield from wide_grants(policy, _CREATE_SLR, left_in, other_resources)
