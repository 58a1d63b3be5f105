"""Rules about entries of an array that other entries cover.

Wildcards are compared as texts and not as the actions or resources that exist, as AWS does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from policy_gate.linting.fixers.redundancy import redundant_actions, redundant_resources
from policy_gate.linting.patterns import covering_groups
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import ACTION_ELEMENTS, RESOURCE_ELEMENTS, PolicyView


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
