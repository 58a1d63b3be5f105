"""Rules about keys that name an account, an organization, a VPC or an identity.

AWS publishes the list of sensitive condition keys and how aws:userid may be written; other keys
that it guards are not known.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_gate.linting.federation import GITHUB
from policy_gate.linting.identifiers import SENSITIVE_KEYS, USER_ID
from policy_gate.linting.patterns import has_variable, has_wildcard, is_star
from policy_gate.linting.rule import Problem, example_with, quoted, rule
from policy_gate.linting.variables import has_variables, is_variable
from policy_gate.linting.view import Condition, PolicyView, Text

_UNIQUE_ID = re.compile(r"(?:\$\{[^{}]*\}|[^:])*")
_GITHUB_SUBJECT = f"{GITHUB}:sub"
_LOOSE_WILDCARD = re.compile(r"(?:^|[*?])[^*?]{0,5}[*?]")
"""A wildcard that follows less than the six fixed characters that AWS asks for."""

_ORGANIZATION = example_with('{"StringLike": {"aws:PrincipalOrgID": "o-abcd123456"}}')


@rule(
    "WILDCARD_USAGE_TOO_PERMISSIVE",
    "ERROR",
    bad=_ORGANIZATION.replace("abcd123456", "*"),
    good=_ORGANIZATION,
)
def wildcard_usage_too_permissive(policy: PolicyView) -> Iterator[Problem]:
    """Reports a wildcard in an id of an account, organization or VPC, or left in aws:userid.

    Why is this bad? Such ids follow no pattern: the wildcard lets in accounts, organizations,
    networks or identities of others. So does one in the subject of GitHub Actions that follows
    less than six fixed characters, as in `repo:*`.

    Use instead: whole ids, as `o-abcd123456`; for all sessions of a role,
    `"aws:userid": "AROAEXAMPLE:*"`. Left of a colon, `*` alone is fine too.
    """
    for condition, text, guarded in _widening(policy):
        is_fine = is_star(guarded) and _is_half_of_id(condition, text, guarded)
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
        is_whole = condition.folded_key != USER_ID or _is_half_of_id(condition, text, guarded)
        if has_variable(guarded) and not (is_variable(guarded) and is_whole):
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
                if condition.folded_key in SENSITIVE_KEYS:
                    yield condition, text, text.value
                elif condition.folded_key == USER_ID:
                    # What follows the colon is the name of a session, which may be any.
                    match = _UNIQUE_ID.match(text.value)
                    yield condition, text, match.group() if match else ""
                elif condition.folded_key == _GITHUB_SUBJECT:
                    match = _LOOSE_WILDCARD.search(text.value)
                    yield condition, text, match.group() if match else ""


def _is_half_of_id(condition: Condition, text: Text, guarded: str) -> bool:
    """Is it the whole of what stands left of the colon in aws:userid?"""
    return condition.folded_key == USER_ID and guarded != text.value


def _problem(condition: Condition, text: Text, noun: str) -> Problem:
    part = " in the unique id" if condition.folded_key == USER_ID else ""
    return Problem(
        f"{quoted(text.value)} lets in others than {quoted(condition.key)} seems to name, through "
        f"its {noun}{part}: write whole ids.",
        (text.place,),
    )
