"""Rules about wildcards in the values of conditions.

Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from policy_gate.linting.operators import Operator
from policy_gate.linting.patterns import has_wildcard, is_star
from policy_gate.linting.rule import Problem, example_with, quoted, rule
from policy_gate.linting.view import PolicyView

_TEAM = example_with('{"StringLike": {"aws:PrincipalTag/team": "red-*"}}')
_TAG_KEYS = example_with(
    '{"ForAnyValue:StringLike": {"aws:TagKeys": "team-*"}}',
    action="ec2:CreateTags",
    resource="arn:aws:ec2:*:111122223333:instance/*",
)


@rule(
    "WILDCARD_WITHOUT_LIKE_OPERATOR",
    "WARNING",
    bad=_TEAM.replace("StringLike", "StringEquals"),
    good=_TEAM,
)
def wildcard_without_like_operator(policy: PolicyView) -> Iterator[Problem]:
    """Reports `*` or `?` in a value of StringEquals and of the other operators that are exact.

    Why is this bad? There it is no wildcard: the value matches only what has that very character.

    Use instead: StringLike or StringNotLike. Operators of ARNs all take wildcards.
    """
    for condition in policy.conditions:
        operator = condition.operator
        if operator.family == "String" and not operator.takes_wildcards:
            like = operator._replace(name="StringNotLike" if operator.negated else "StringLike")
            for text in condition.texts:
                if has_wildcard(text.value):
                    yield Problem(
                        f"{quoted(text.value)} has a wildcard, which "
                        f"{quoted(condition.operator_name)} takes for that very character: write "
                        f'"{like}" if a wildcard is meant.',
                        (text.place,),
                    )


@rule(
    "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION",
    "SUGGESTION",
    bad=_TEAM.replace("StringLike", "StringLikeIfExists").replace("red-*", "*"),
    good=_TEAM,
)
def redundant_key_due_to_wildcard_in_condition(policy: PolicyView) -> Iterator[Problem]:
    """Reports StringLike with IfExists or ForAllValues and `*` as its only value.

    Why is this bad? It always holds, for requests without the key too, and so restricts nothing.

    Use instead: the value that was meant, or no such key.
    """
    yield from _only_stars(
        policy,
        lambda operator: (
            operator.name == "StringLike"
            and (operator.if_exists or operator.qualifier == "ForAllValues")
        ),
        "always holds: write the value that is meant, or remove the key",
    )


@rule(
    "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION",
    "SUGGESTION",
    bad=_TAG_KEYS.replace("StringLike", "StringNotLike").replace("team-*", "*"),
    good=_TAG_KEYS,
)
def redundant_statement_due_to_wildcard_in_condition(policy: PolicyView) -> Iterator[Problem]:
    """Reports ForAnyValue:StringNotLike with `*` as its only value.

    Why is this bad? It never holds, since every value is like `*`: the statement has no effect.

    Use instead: the value that was meant; or `"Null": {"key": "true"}` for an absent key.
    """
    yield from _only_stars(
        policy,
        lambda operator: (
            operator.name == "StringNotLike"
            and operator.qualifier == "ForAnyValue"
            and not operator.if_exists
        ),
        "never holds, so the statement has no effect: write the value that is meant",
    )


def _only_stars(
    policy: PolicyView, is_meant: Callable[[Operator], bool], effect: str
) -> Iterator[Problem]:
    for condition in policy.conditions:
        values = condition.texts
        if len(values) == 1 and is_star(values[0].value) and is_meant(condition.operator):
            yield Problem(
                f"{quoted(condition.operator_name)} of {quoted(condition.key)} with "
                f"{quoted(values[0].value)} {effect}.",
                (values[0].place,),
            )
