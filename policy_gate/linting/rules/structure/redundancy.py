"""Rules about what other entries of an array, or other statements, say already.

Wildcards are compared as texts and not as the actions or resources that exist, as AWS does.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator

from policy_gate.linting.fixers.redundancy import redundant_actions, redundant_resources
from policy_gate.linting.patterns import covering_groups
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import (
    ACTION_ELEMENTS,
    RESOURCE_ELEMENTS,
    Part,
    PolicyView,
    Statement,
)


@rule(
    "REDUNDANT_ACTION",
    "SUGGESTION",
    bad=example('{"Effect": "Allow", "Action": ["s3:Get*", "s3:GetObject"], "Resource": "*"}'),
    good=example('{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}'),
    fix=redundant_actions,
)
def redundant_action(policy: PolicyView) -> Iterator[Problem]:
    """Reports actions that another action of the same array covers.

    Why is this bad? The covered ones do nothing, and hide how much the wildcard gives.

    Use instead: the widest one alone, or the narrow ones without it.
    """
    yield from _redundant(policy, ACTION_ELEMENTS, str.lower)


@rule(
    "REDUNDANT_RESOURCE",
    "SUGGESTION",
    bad=example(
        '{"Effect": "Allow", "Action": "s3:GetObject",\n'
        '     "Resource": ["arn:aws:s3:::logs/*", "arn:aws:s3:::logs/2026/*"]}'
    ),
    good=example(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}'
    ),
    fix=redundant_resources,
)
def redundant_resource(policy: PolicyView) -> Iterator[Problem]:
    """Reports resources that another resource of the same array covers.

    Why is this bad? The covered ones do nothing, and hide how much the wildcard gives.

    Use instead: the widest one alone, or the narrow ones without it.
    """
    yield from _redundant(policy, RESOURCE_ELEMENTS, str)


def _redundant(
    policy: PolicyView, names: tuple[str, str], normal: Callable[[str], str]
) -> Iterator[Problem]:
    for statement in policy.statements:
        for name in names:
            texts = statement.texts(name)
            for group in covering_groups([normal(text.value) for text in texts]):
                members = [texts[index] for index in group]
                longest = max(reversed(members), key=lambda text: len(text.value))
                yield Problem(
                    f"{len(members)} entries of {name} repeat or cover one another, "
                    f"{quoted(longest.value)} among them: remove those that another covers.",
                    tuple(text.place for text in members),
                )


_READ = '{{"Sid": "{}", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "{}"}}'


@rule(
    "REDUNDANT_STATEMENT",
    "SUGGESTION",
    bad=example(
        _READ.format("Read", "arn:aws:s3:::logs/*"), _READ.format("Get", "arn:aws:s3:::logs/*")
    ),
    good=example(
        _READ.format("Read", "arn:aws:s3:::logs/*"), _READ.format("Get", "arn:aws:s3:::media/*")
    ),
)
def redundant_statement(policy: PolicyView) -> Iterator[Problem]:
    """Reports statements that are the same but for their Sid and the order of their parts.

    Why is this bad? One of them does nothing; whoever changes the other finds that the access
    stays.

    Use instead: one of the statements.
    """
    groups: dict[Hashable, list[Statement]] = {}
    for statement in policy.statements:
        if statement.allows or statement.denies:
            groups.setdefault(_meaning(statement), []).append(statement)
    for group in groups.values():
        if len(group) > 1:
            yield Problem(
                f"{len(group)} statements are the same but for their Sid and order: keep one.",
                tuple(statement.place for statement in group),
            )


def _meaning(statement: Statement) -> Hashable:
    return frozenset(
        (name, _element(statement, name, part))
        for name, part in statement.part.members()
        if name != "Sid"
    )


def _element(statement: Statement, name: str, part: Part) -> Hashable:
    if name in ACTION_ELEMENTS:
        return frozenset(text.value.lower() for text in statement.texts(name))
    if name == "Condition":
        return frozenset(
            (str(condition.operator), condition.folded_key, _content(condition.values))
            for condition in statement.conditions
        )
    return _content(part)


def _content(part: Part) -> Hashable:
    """Equal for values that mean the same: one value and an array of it, an array in any order."""
    return frozenset(map(_entry, part.entries()))


def _entry(part: Part) -> Hashable:
    if isinstance(part.value, dict):
        return frozenset((key, _content(child)) for key, child in part.members())
    if isinstance(part.value, list):
        return _content(part)
    # The numbers 0 and 1 equal the booleans.
    return type(part.value).__name__, part.value
