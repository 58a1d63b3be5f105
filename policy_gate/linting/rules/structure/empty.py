"""Rules about empty arrays and objects."""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.linting.fixers.document import (
    empty_condition,
    empty_principal_kind,
    empty_statement,
)
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import (
    ACTION_ELEMENTS,
    PRINCIPAL_ELEMENTS,
    RESOURCE_ELEMENTS,
    PolicyView,
)
from policy_gate.model import PolicyKind

_IN_RESOURCE_POLICIES = (PolicyKind.RESOURCE, PolicyKind.TRUST)
_GOOD = example('{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}')
_WITH_PRINCIPAL = _GOOD.replace('"Allow",', '"Allow", "Principal": {"AWS": "111122223333"},')


@rule(
    "EMPTY_ARRAY_ACTION",
    "SUGGESTION",
    bad=_GOOD.replace('"s3:ListBucket"', "[]"),
    good=_GOOD,
    fix=empty_statement,
)
def empty_array_action(policy: PolicyView) -> Iterator[Problem]:
    """Reports an Action or NotAction that is an empty array.

    Why is this bad? The statement names no action and so has no effect.

    Use instead: at least one action, or no statement.
    """
    yield from _empty_arrays(policy, ACTION_ELEMENTS, "action")


@rule(
    "EMPTY_ARRAY_RESOURCE",
    "SUGGESTION",
    bad=_GOOD.replace('"*"', "[]"),
    good=_GOOD,
    fix=empty_statement,
)
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
    fix=empty_principal_kind,
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
    fix=empty_statement,
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
    fix=empty_condition,
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
