"""Rules about statements that let any role be passed to a service.

Whoever may pass a role to a service that runs code has that role's permissions.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from policy_gate.linting.patterns import has_wildcard, wildcard_pattern
from policy_gate.linting.rule import Problem, example, rule
from policy_gate.linting.view import Place, PolicyView, Statement
from policy_gate.model import PolicyKind

_PASS_ROLE = "iam:passrole"
_PASSED_TO = "iam:passedtoservice"
_ASSOCIATED_WITH = "iam:associatedresourcearn"
_LIMITING_OPERATORS = ("stringequals", "stringlike", "stringlikeifexists")
_IDENTITY = (PolicyKind.IDENTITY,)
_GOOD = example(
    '{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/app-*"}'
)
_GOOD_NOT_ACTION = example('{"Effect": "Allow", "NotAction": ["s3:*", "iam:*"], "Resource": "*"}')

Places = Callable[[Statement], tuple[Place, ...]]


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
    yield from _problems(policy, _explicit, _star, "iam:PassRole on every resource")


@rule(
    "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE",
    "SECURITY_WARNING",
    kinds=_IDENTITY,
    bad=example('{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}'),
    good=_GOOD,
)
def pass_role_with_star_in_action_and_resource(policy: PolicyView) -> Iterator[Problem]:
    """Reports a wildcard that covers iam:PassRole on Resource `*`.

    Why is this bad? The statement seems to be about something else, and lets any role of the
    account be given to a service that then acts for the caller.

    Use instead: the actions that are needed, and iam:PassRole with the ARNs of the roles.
    """
    yield from _problems(
        policy, _covering, _star, "An action with a wildcard covers iam:PassRole on every resource"
    )


@rule(
    "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
    "SECURITY_WARNING",
    kinds=_IDENTITY,
    bad=_GOOD_NOT_ACTION.replace(', "iam:*"', ""),
    good=_GOOD_NOT_ACTION,
)
def pass_role_with_star_in_resource_and_not_action(policy: PolicyView) -> Iterator[Problem]:
    """Reports a NotAction that leaves iam:PassRole in, on Resource `*`.

    Why is this bad? All that is not named is allowed, and so is passing any role of the account.

    Use instead: Action with what is needed; or name iam:PassRole in NotAction too.
    """
    yield from _problems(
        policy, _not_excluded, _star, "NotAction leaves iam:PassRole allowed on every resource"
    )


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
    yield from _problems(policy, _explicit, _not_resource, "iam:PassRole with NotResource")


@rule(
    "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",
    "SECURITY_WARNING",
    kinds=_IDENTITY,
    bad=example(
        '{"Effect": "Allow", "Action": "iam:*", "NotResource": "arn:aws:iam::*:role/admin"}'
    ),
    good=_GOOD,
)
def pass_role_with_star_in_action_and_not_resource(policy: PolicyView) -> Iterator[Problem]:
    """Reports a wildcard that covers iam:PassRole with NotResource.

    Why is this bad? Every role that is not named can be passed, those to come included.

    Use instead: the actions that are needed, and iam:PassRole with the ARNs of the roles.
    """
    yield from _problems(
        policy,
        _covering,
        _not_resource,
        "An action with a wildcard covers iam:PassRole with NotResource",
    )


@rule(
    "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE",
    "SECURITY_WARNING",
    kinds=_IDENTITY,
    bad=_GOOD_NOT_ACTION.replace(', "iam:*"', "").replace(
        '"Resource": "*"', '"NotResource": "arn:aws:s3:::logs/*"'
    ),
    good=_GOOD_NOT_ACTION,
)
def pass_role_with_not_action_and_not_resource(policy: PolicyView) -> Iterator[Problem]:
    """Reports a NotAction that leaves iam:PassRole in, with NotResource.

    Why is this bad? Every role that is not named can be passed, those to come included.

    Use instead: Action and Resource with what is needed.
    """
    yield from _problems(
        policy, _not_excluded, _not_resource, "NotAction leaves iam:PassRole, with NotResource,"
    )


def _problems(
    policy: PolicyView, actions: Places, resources: Places, what: str
) -> Iterator[Problem]:
    for statement in policy.statements:
        if not statement.allows:
            continue
        where = resources(statement)
        # Resources first: few statements have `*`, and no test of the service narrows NotResource.
        if not where or (resources is _star and _limits_service(statement)):
            continue
        if which := actions(statement):
            yield Problem(
                f"{what} lets any role of the account be passed to a service: name the ARNs of "
                "the roles, and test iam:PassedToService.",
                which + where,
            )


def _limits_service(statement: Statement) -> bool:
    # As recorded answers have it: StringEqualsIfExists on iam:PassedToService does not count,
    # StringLikeIfExists does, and so does a test of the resource that the role is for.
    return any(
        condition.key.lower() == _ASSOCIATED_WITH
        or (
            condition.key.lower() == _PASSED_TO
            and condition.operator.lower() in _LIMITING_OPERATORS
        )
        for condition in statement.conditions()
    )


def _explicit(statement: Statement) -> tuple[Place, ...]:
    actions = statement.texts("Action")
    return tuple(text.place for text in actions if text.value.lower() == _PASS_ROLE)


def _covering(statement: Statement) -> tuple[Place, ...]:
    actions = statement.texts("Action")
    return tuple(text.place for text in actions if has_wildcard(text.value) and _covers(text.value))


def _not_excluded(statement: Statement) -> tuple[Place, ...]:
    excluded = statement.element("NotAction")
    if not excluded or any(_covers(text.value) for text in excluded.texts()):
        return ()
    return (excluded.place,)


def _covers(action: str) -> bool:
    return wildcard_pattern(action.lower()).fullmatch(_PASS_ROLE) is not None


def _star(statement: Statement) -> tuple[Place, ...]:
    return tuple(text.place for text in statement.texts("Resource") if text.value == "*")


def _not_resource(statement: Statement) -> tuple[Place, ...]:
    excluded = statement.element("NotResource")
    return (excluded.place,) if excluded else ()
