"""Rules about empty arrays and objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from policy_gate.linting.operators import Operator
from policy_gate.linting.rule import Problem, example, example_with, quoted, rule
from policy_gate.linting.view import (
    ACTION_ELEMENTS,
    PRINCIPAL_ELEMENTS,
    RESOURCE_ELEMENTS,
    PolicyView,
)
from policy_gate.model import PolicyKind

_IN_RESOURCE_POLICIES = (PolicyKind.RESOURCE, PolicyKind.TRUST)
_GOOD = example('{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}')
_TEAM = example_with('{"StringEquals": {"aws:PrincipalTag/team": "red"}}')
_TAG_KEYS = example_with(
    '{"ForAllValues:StringEquals": {"aws:TagKeys": "team"}}',
    action="ec2:CreateTags",
    resource="arn:aws:ec2:*:111122223333:instance/*",
)
_WITH_PRINCIPAL = _GOOD.replace('"Allow",', '"Allow", "Principal": {"AWS": "111122223333"},')


@rule(
    "EMPTY_ARRAY_ACTION",
    "SUGGESTION",
    bad=_GOOD.replace('"s3:ListBucket"', "[]"),
    good=_GOOD,
)
def empty_array_action(policy: PolicyView) -> Iterator[Problem]:
    """Reports an Action or NotAction that is an empty array.

    Why is this bad? The statement names no action and so has no effect.

    Use instead: at least one action, or no statement.
    """
    yield from _empty_arrays(policy, ACTION_ELEMENTS, "action")


@rule("EMPTY_ARRAY_RESOURCE", "SUGGESTION", bad=_GOOD.replace('"*"', "[]"), good=_GOOD)
def empty_array_resource(policy: PolicyView) -> Iterator[Problem]:
    """Reports a Resource or NotResource that is an empty array.

    Why is this bad? The statement names no resource and so has no effect.

    Use instead: at least one resource, or no statement.
    """
    yield from _empty_arrays(policy, RESOURCE_ELEMENTS, "resource")


def _empty_arrays(policy: PolicyView, names: tuple[str, str], noun: str) -> Iterator[Problem]:
    for statement in policy.statements:
        for name, part in statement.elements(names):
            if part.value == []:
                yield Problem(
                    f"{name} is empty, so the statement has no effect: name at least one {noun}, "
                    "or remove the statement.",
                    (part.place,),
                )


@rule(
    "EMPTY_ARRAY_PRINCIPAL",
    "SUGGESTION",
    kinds=_IN_RESOURCE_POLICIES,
    bad=_WITH_PRINCIPAL.replace('"111122223333"', "[]"),
    good=_WITH_PRINCIPAL,
)
def empty_array_principal(policy: PolicyView) -> Iterator[Problem]:
    """Reports a kind of principal with an empty array of values.

    Why is this bad? The statement names no principal there and so has no effect for it.

    Use instead: at least one principal, or no such key.
    """
    for statement in policy.statements:
        for name, part in statement.elements(PRINCIPAL_ELEMENTS):
            for key, values in part.members():
                if values.value == []:
                    yield Problem(
                        f"{name} {quoted(key)} is empty and has no effect: name at least one "
                        "principal, or remove it.",
                        (values.place,),
                    )


@rule(
    "EMPTY_OBJECT_PRINCIPAL",
    "SUGGESTION",
    kinds=_IN_RESOURCE_POLICIES,
    bad=_WITH_PRINCIPAL.replace('{"AWS": "111122223333"}', "{}"),
    good=_WITH_PRINCIPAL,
)
def empty_object_principal(policy: PolicyView) -> Iterator[Problem]:
    """Reports a Principal or NotPrincipal that is an empty object.

    Why is this bad? The statement names no principal and so has no effect.

    Use instead: at least one principal, or no statement.
    """
    for statement in policy.statements:
        for name, part in statement.elements(PRINCIPAL_ELEMENTS):
            if part.value == {}:
                yield Problem(
                    f"{name} is empty, so the statement has no effect: name at least one "
                    "principal, or remove the statement.",
                    (part.place,),
                )


@rule(
    "EMPTY_OBJECT_CONDITION",
    "SUGGESTION",
    bad=_GOOD.replace('"*"', '"*", "Condition": {}'),
    good=_GOOD,
)
def empty_object_condition(policy: PolicyView) -> Iterator[Problem]:
    """Reports a Condition, or an operator in it, that is an empty object.

    Why is this bad? It tests nothing: the statement applies without any condition.

    Use instead: the test that was meant, or no Condition.
    """
    for statement in policy.statements:
        condition = statement.element("Condition")
        if condition and condition.value == {}:
            yield Problem(
                "Condition is empty and restricts nothing: add a test or remove it.",
                (condition.place,),
            )
        for operator, block, _ in statement.operators:
            if block.value == {}:
                yield Problem(
                    f"Operator {quoted(operator)} is empty and restricts nothing: add a condition "
                    "key or remove it.",
                    (block.place,),
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
