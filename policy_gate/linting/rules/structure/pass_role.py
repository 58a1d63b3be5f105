"""Rules about statements that let any role be passed to a service.

Whoever may pass a role to a service that runs code has that role's permissions.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from policy_gate.linting.patterns import has_wildcard, wildcard_pattern
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import Place, PolicyView, Statement, Text
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


class Match(NamedTuple):
    """What half of a statement lets roles be passed, as half a sentence, and where it stands."""

    phrase: str
    places: tuple[Place, ...]


Matcher: TypeAlias = Callable[[Statement], Match | None]


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
    yield from _problems(policy, _explicit, _star)


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
    yield from _problems(policy, _covering, _star)


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
    yield from _problems(policy, _not_excluded, _star)


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
    yield from _problems(policy, _explicit, _not_resource)


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
    yield from _problems(policy, _covering, _not_resource)


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
    yield from _problems(policy, _not_excluded, _not_resource)


def _problems(policy: PolicyView, actions: Matcher, resources: Matcher) -> Iterator[Problem]:
    for statement in policy.statements:
        # Resources first: few statements match, and comparing actions is slow.
        where = resources(statement) if statement.allows else None
        which = actions(statement) if where else None
        if where and which:
            yield Problem(
                f"{which.phrase}, and {where.phrase} be passed to a service: name the ARNs of the "
                "roles in Resource, and test iam:PassedToService.",
                which.places + where.places,
            )


def _explicit(statement: Statement) -> Match | None:
    found = [text for text in statement.texts("Action") if text.value.lower() == _PASS_ROLE]
    return _match("The statement allows iam:PassRole", found)


def _covering(statement: Statement) -> Match | None:
    actions = statement.texts("Action")
    found = [text for text in actions if has_wildcard(text.value) and _covers(text.value)]
    return _match(f"{quoted(found[0].value)} covers iam:PassRole", found) if found else None


def _not_excluded(statement: Statement) -> Match | None:
    excluded = statement.element("NotAction")
    if not excluded or any(_covers(text.value) for text in excluded.texts()):
        return None
    return Match("NotAction leaves iam:PassRole allowed", (excluded.place,))


def _covers(action: str) -> bool:
    return wildcard_pattern(action.lower()).fullmatch(_PASS_ROLE) is not None


def _star(statement: Statement) -> Match | None:
    found = [text for text in statement.texts("Resource") if text.value == "*"]
    if not found or _limits_service(statement):
        return None
    return _match('Resource "*" lets any role of the account', found)


def _not_resource(statement: Statement) -> Match | None:
    excluded = statement.element("NotResource")
    if not excluded:
        return None
    return Match("NotResource lets every role that it does not name", (excluded.place,))


def _match(phrase: str, texts: list[Text]) -> Match | None:
    return Match(phrase, tuple(text.place for text in texts)) if texts else None


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
