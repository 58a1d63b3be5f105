"""Rules about policy variables.

Their form is judged where the version of the policy knows them; elsewhere they are plain text.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_gate.linting.rule import Problem, example, example_with, quoted, rule
from policy_gate.linting.variables import (
    Variable,
    first_variable,
    has_variables,
    variables_of,
)
from policy_gate.linting.view import (
    ACTION_ELEMENTS,
    PRINCIPAL_ELEMENTS,
    Place,
    PolicyView,
    Statement,
    Text,
)
from policy_gate.model import PolicyKind

_FAMILIES_WITH_VARIABLES = ("String", "Arn")
_GOOD = example(
    '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/${aws:username}"}'
)
_GOOD_DEFAULT = _GOOD.replace("aws:username", "aws:PrincipalTag/team, 'none'")
_GOOD_PRINCIPAL = example(
    '{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},\n'
    '     "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}'
)


@rule(
    "MISSING_BRACE_IN_VARIABLE",
    "ERROR",
    bad=_GOOD.replace("username}", "username"),
    good=_GOOD,
)
def missing_brace_in_variable(policy: PolicyView) -> Iterator[Problem]:
    """Reports a `${` without a `}` behind it.

    Why is this bad? AWS refuses the policy.

    Use instead: `${aws:username}`; for the two characters themselves, `${$}{`.
    """
    for variable in _variables(policy):
        if not variable.is_closed:
            yield Problem(
                f"{quoted(variable.spelling)} opens a policy variable and does not close it: add "
                '"}" behind its name, or write "${$}{" for the two characters themselves.',
                (variable.place,),
            )


@rule("EMPTY_VARIABLE", "ERROR", bad=_GOOD.replace("aws:username", ""), good=_GOOD)
def empty_variable(policy: PolicyView) -> Iterator[Problem]:
    """Reports a policy variable without a name.

    Why is this bad? AWS refuses the policy.

    Use instead: a condition key between the braces, as `${aws:username}`.
    """
    for variable in _variables(policy):
        if variable.is_closed and not variable.name.strip():
            yield Problem(
                f"{quoted(variable.spelling)} names no condition key: write one, as "
                '"${aws:username}", or remove it.',
                (variable.place,),
            )


@rule(
    "UNSUPPORTED_SPACE_IN_VARIABLE",
    "ERROR",
    bad=_GOOD.replace("aws:username", "aws: username"),
    good=_GOOD,
)
def unsupported_space_in_variable(policy: PolicyView) -> Iterator[Problem]:
    """Reports white space in the name of a policy variable; before its default it may stand.

    Why is this bad? AWS refuses the policy.

    Use instead: `${aws:username}`. A tag whose key has a space cannot be used as a variable.
    """
    for variable in _variables(policy):
        if variable.is_closed and variable.name.strip() and re.search(r"\s", variable.name):
            yield Problem(
                f"{quoted(variable.spelling)} has white space in the name of the variable: remove "
                "it.",
                (variable.place,),
            )


@rule(
    "MISSING_QUOTE_IN_VARIABLE",
    "ERROR",
    bad=_GOOD_DEFAULT.replace("none'", "none"),
    good=_GOOD_DEFAULT,
)
def missing_quote_in_variable(policy: PolicyView) -> Iterator[Problem]:
    """Reports a default of a policy variable that is not between single quotes.

    Why is this bad? AWS refuses the policy.

    Use instead: `${aws:PrincipalTag/team, 'none'}`.
    """
    for variable in _variables(policy):
        default = variable.default
        if variable.is_closed and default is not None and not _is_quoted(default.strip()):
            yield Problem(
                f"{quoted(variable.spelling)} has a default that is not between single quotes: "
                "write \"${name, 'default'}\".",
                (variable.place,),
            )


def _is_quoted(default: str) -> bool:
    return len(default) > 1 and default[0] == default[-1] == "'"


def _variables(policy: PolicyView) -> Iterator[Variable]:
    if has_variables(policy):
        for text in _texts(policy):
            yield from variables_of(policy, text)


def _texts(policy: PolicyView) -> Iterator[Text]:
    for statement in policy.statements:
        yield from statement.resources
        for condition in statement.conditions:
            yield from condition.texts


@rule(
    "INVALID_VARIABLE_FOR_OPERATOR",
    "ERROR",
    bad=example_with('{"NumericLessThan": {"aws:MultiFactorAuthAge": "${aws:PrincipalTag/age}"}}'),
    good=example_with('{"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}'),
)
def invalid_variable_for_operator(policy: PolicyView) -> Iterator[Problem]:
    """Reports a policy variable under an operator that compares neither strings nor ARNs.

    Why is this bad? AWS refuses the policy: numbers, dates, addresses and booleans are fixed.

    Use instead: the value itself; or an operator of strings, if the key is one.
    """
    if not has_variables(policy):
        return
    for condition in policy.conditions:
        family = condition.operator.family
        if family and family not in _FAMILIES_WITH_VARIABLES:
            for text in condition.texts:
                if variable := first_variable(text.value):
                    yield Problem(
                        f"{quoted(condition.operator_name)} does not take the policy variable "
                        f"{quoted(variable)}: write the value itself, since variables are for "
                        "operators of strings and ARNs.",
                        (text.place,),
                    )


@rule(
    "VARIABLE_UNSUPPORTED_IN_VERSION",
    "ERROR",
    bad=_GOOD.replace("2012-10-17", "2008-10-17"),
    good=_GOOD,
)
def variable_unsupported_in_version(policy: PolicyView) -> Iterator[Problem]:
    """Reports a policy variable in a policy without a Version, or of the version of 2008.

    Why is this bad? There it is plain text: the policy matches a resource or value that is
    literally called `${aws:username}`, and no other.

    Use instead: `"Version": "2012-10-17"`.
    """
    version = policy.root.member("Version")
    if has_variables(policy):
        return
    reason = "version 2008-10-17" if version else "a policy without a Version"
    for text in _texts(policy):
        if variable := first_variable(text.value):
            yield Problem(
                f"{quoted(variable)} is plain text in {reason} and is not replaced: write "
                '"Version": "2012-10-17".',
                (text.place,),
            )


@rule(
    "VARIABLE_UNSUPPORTED_IN_ELEMENT",
    "ERROR",
    kinds=(PolicyKind.RESOURCE, *(kind for kind in PolicyKind if kind != PolicyKind.RESOURCE)),
    bad=_GOOD_PRINCIPAL.replace("role/app", "role/${aws:PrincipalTag/team}"),
    good=_GOOD_PRINCIPAL,
)
def variable_unsupported_in_element(policy: PolicyView) -> Iterator[Problem]:
    """Reports a policy variable elsewhere than in resources and in the values of conditions.

    Why is this bad? AWS refuses the policy: there, variables are not replaced.

    Use instead: the value itself; or a Condition that compares with the variable.
    """
    for statement in policy.statements:
        for name, value, place in _without_variables(statement):
            if variable := first_variable(value):
                yield Problem(
                    f"{name} takes no policy variable, and {quoted(value)} has "
                    f"{quoted(variable)}: write the value itself, since variables are for "
                    "resources and the values of conditions.",
                    (place,),
                )


def _without_variables(statement: Statement) -> Iterator[tuple[str, str, Place]]:
    for name in ("Sid", "Effect"):
        if text := statement.text(name):
            yield name, *text
    for name, part in statement.elements(PRINCIPAL_ELEMENTS):
        for _, values in part.members():
            for text in values.texts():
                yield name, *text
    for name in ACTION_ELEMENTS:
        for text in statement.texts(name):
            yield name, *text
    for condition in statement.conditions:
        yield "A condition key", condition.key, condition.key_place
