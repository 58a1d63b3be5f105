"""Rules about conditions that say the same as a plainer one."""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import PolicyView, Text


def _with(condition: str) -> str:
    return example(
        '{"Effect": "Allow", "Action": "ec2:StartInstances", "Resource": "*",\n'
        f'     "Condition": {condition}}}'
    )


@rule(
    "EQUIVALENT_TO_NULL_FALSE",
    "SUGGESTION",
    bad=_with('{"StringLike": {"aws:ResourceTag/team": "*"}}'),
    good=_with('{"Null": {"aws:ResourceTag/team": "false"}}'),
)
def equivalent_to_null_false(policy: PolicyView) -> Iterator[Problem]:
    """Reports StringLike with `*` as its only value.

    Why is this bad? It tests no more than that the key is present, and does not look like it.

    Use instead: `"Null": {"key": "false"}`.
    """
    yield from _any_value(policy, "StringLike", "present", "false")


@rule(
    "EQUIVALENT_TO_NULL_TRUE",
    "SUGGESTION",
    bad=_with('{"StringNotLike": {"aws:ResourceTag/team": "*"}}'),
    good=_with('{"Null": {"aws:ResourceTag/team": "true"}}'),
)
def equivalent_to_null_true(policy: PolicyView) -> Iterator[Problem]:
    """Reports StringNotLike with `*` as its only value.

    Why is this bad? It tests no more than that the key is absent, and does not look like it.

    Use instead: `"Null": {"key": "true"}`.
    """
    yield from _any_value(policy, "StringNotLike", "absent", "true")


def _any_value(policy: PolicyView, operator: str, meaning: str, null: str) -> Iterator[Problem]:
    for statement in policy.statements:
        for condition in statement.conditions():
            values = list(condition.values.texts())
            if condition.operator == operator and len(values) == 1 and _is_star(values[0]):
                yield Problem(
                    f"{operator} with {quoted(values[0].value)} only tests that "
                    f"{quoted(condition.key)} is {meaning}: write "
                    f'"Null": {{{quoted(condition.key)}: "{null}"}}.',
                    (values[0].place,),
                )


def _is_star(text: Text) -> bool:
    return text.value != "" and text.value.strip("*") == ""
