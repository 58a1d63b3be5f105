"""Rules about keys that name an account, an organization, a VPC or an identity.

AWS publishes the list of sensitive condition keys and how aws:userid may be written; other keys
that it guards are not known.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_gate.linting.patterns import has_variable, has_wildcard, is_star
from policy_gate.linting.rule import Problem, example_with, quoted, rule
from policy_gate.linting.variables import has_variables, is_variable
from policy_gate.linting.view import Condition, PolicyView, Text

_SENSITIVE = (
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:sourceaccount",
    "aws:sourceorgid",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:vpceaccount",
    "aws:vpceorgid",
)
_USER_ID = "aws:userid"
_UNIQUE_ID = re.compile(r"(?:\$\{[^{}]*\}|[^:])*")
_ORGANIZATION = example_with('{"StringLike": {"aws:PrincipalOrgID": "o-abcd123456"}}')


@rule(
    "WILDCARD_USAGE_TOO_PERMISSIVE",
    "ERROR",
    bad=_ORGANIZATION.replace("abcd123456", "*"),
    good=_ORGANIZATION,
)
def wildcard_usage_too_permissive(policy: PolicyView) -> Iterator[Problem]:
    """Reports a wildcard in an id of an account, organization or VPC, or left of aws:userid.

    Why is this bad? Such ids follow no pattern: the wildcard lets in accounts, organizations,
    networks or identities of others.

    Use instead: whole ids, as `o-abcd123456`; for all sessions of a role,
    `"aws:userid": "AROAEXAMPLE:*"`. Left of the colon, `*` alone is fine too.
    """
    for condition, text, guarded in _widening(policy):
        is_fine = is_star(guarded) and condition.folded_key == _USER_ID
        if condition.operator.takes_wildcards and has_wildcard(guarded) and not is_fine:
            yield _problem(condition, text, "wildcard")


@rule(
    "VARIABLE_USAGE_TOO_PERMISSIVE",
    "ERROR",
    bad=_ORGANIZATION.replace("abcd123456", "${aws:PrincipalTag/org}"),
    good=_ORGANIZATION,
)
def variable_usage_too_permissive(policy: PolicyView) -> Iterator[Problem]:
    """Reports a policy variable within an id of an account, organization or VPC, or of aws:userid.

    Why is this bad? Whoever sets the variable, a tag perhaps, chooses whom the condition lets in.

    Use instead: whole ids. A variable that is the whole value, as `${aws:PrincipalAccount}`,
    compares two ids and is fine.
    """
    if not has_variables(policy):
        return
    for condition, text, guarded in _widening(policy):
        if has_variable(guarded) and not is_variable(guarded):
            yield _problem(condition, text, "policy variable")


def _widening(policy: PolicyView) -> Iterator[tuple[Condition, Text, str]]:
    """Values of which more lets more in, in an Allow or excepted from a Deny.

    With each comes the part of it that must be fixed.
    """
    for condition in policy.conditions:
        statement, operator = condition.statement, condition.operator
        widens = statement.denies if operator.negated else statement.allows
        if widens and operator.family == "String":
            for text in condition.texts:
                if condition.folded_key in _SENSITIVE:
                    yield condition, text, text.value
                elif condition.folded_key == _USER_ID:
                    # What follows the colon is the name of a session, which may be any.
                    match = _UNIQUE_ID.match(text.value)
                    yield condition, text, match.group() if match else ""


def _problem(condition: Condition, text: Text, noun: str) -> Problem:
    part = " in the unique id" if condition.folded_key == _USER_ID else ""
    return Problem(
        f"{quoted(text.value)} lets in others than {quoted(condition.key)} seems to name, through "
        f"its {noun}{part}: write whole ids.",
        (text.place,),
    )
