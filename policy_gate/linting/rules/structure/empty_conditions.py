"""Rules about condition keys with an empty array of values.

Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from policy_gate.linting.operators import Operator
from policy_gate.linting.rule import Problem, example_with, quoted, rule
from policy_gate.linting.view import PolicyView

_TEAM = example_with('{"StringEquals": {"aws:PrincipalTag/team": "red"}}')
_TAG_KEYS = example_with(
    '{"ForAllValues:StringEquals": {"aws:TagKeys": "team"}}',
    action="ec2:CreateTags",
    resource="arn:aws:ec2:*:111122223333:instance/*",
)


@rule("EMPTY_ARRAY_CONDITION", "SUGGESTION", bad=_TEAM.replace('"red"', "[]"), good=_TEAM)
def empty_array_condition(policy: PolicyView) -> Iterator[Problem]:
    """Reports a condition key with an empty array, under an operator without qualifier or IfExists.

    Why is this bad? The request is compared with no value: the test never holds, or, if the
    operator is a negated one, always.

    Use instead: at least one value, or no such key.
    """
    yield from _empty_conditions(
        policy, lambda operator: not operator.qualifier and not operator.if_exists
    )


@rule(
    "EMPTY_ARRAY_CONDITION_FORALLVALUES",
    "SUGGESTION",
    bad=_TAG_KEYS.replace('"team"', "[]"),
    good=_TAG_KEYS,
)
def empty_array_condition_forallvalues(policy: PolicyView) -> Iterator[Problem]:
    """Reports a condition key with an empty array, under an operator with ForAllValues.

    Why is this bad? It holds for requests without the key, and does not look like it.

    Use instead: at least one value; or `"Null": {"key": "true"}` for requests without the key.
    """
    yield from _empty_conditions(policy, lambda operator: operator.qualifier == "ForAllValues")


@rule(
    "EMPTY_ARRAY_CONDITION_FORANYVALUE",
    "SUGGESTION",
    bad=_TAG_KEYS.replace("ForAllValues", "ForAnyValue").replace('"team"', "[]"),
    good=_TAG_KEYS.replace("ForAllValues", "ForAnyValue"),
)
def empty_array_condition_foranyvalue(policy: PolicyView) -> Iterator[Problem]:
    """Reports a condition key with an empty array, under an operator with ForAnyValue.

    Why is this bad? The request is compared with no value: the test never holds, or, if the
    operator is a negated one, always.

    Use instead: at least one value, or no such key.
    """
    yield from _empty_conditions(
        policy, lambda operator: operator.qualifier == "ForAnyValue" and not operator.if_exists
    )


@rule(
    "EMPTY_ARRAY_CONDITION_IFEXISTS",
    "SUGGESTION",
    bad=_TEAM.replace("StringEquals", "StringEqualsIfExists").replace('"red"', "[]"),
    good=_TEAM.replace("StringEquals", "StringEqualsIfExists"),
)
def empty_array_condition_ifexists(policy: PolicyView) -> Iterator[Problem]:
    """Reports a condition key with an empty array, under an operator with IfExists.

    Why is this bad? It holds for requests without the key, and does not look like it.

    Use instead: at least one value; or `"Null": {"key": "true"}` for requests without the key.
    """
    # ForAllValues means the same with and without IfExists, and is reported under its own name.
    yield from _empty_conditions(
        policy, lambda operator: operator.if_exists and operator.qualifier != "ForAllValues"
    )


def _empty_conditions(
    policy: PolicyView, is_meant: Callable[[Operator], bool]
) -> Iterator[Problem]:
    for condition in policy.conditions:
        operator = condition.operator
        if condition.values.value == [] and is_meant(operator):
            if operator.negated:
                effect, hint = "holds for every value", "remove the key"
            elif operator.if_exists or operator.qualifier == "ForAllValues":
                effect, hint = "holds only without the key", 'test "Null" for "true"'
            else:
                effect, hint = "never holds", "remove the key"
            yield Problem(
                f"{quoted(condition.operator_name)} has no value for {quoted(condition.key)} and "
                f"so {effect}: write a value, or {hint}.",
                (condition.values.place,),
            )
