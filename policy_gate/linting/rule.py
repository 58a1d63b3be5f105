"""What a rule is: a documented function from a policy to its problems.

A rule's docstring says what it reports, `Why is this bad?` and what to `Use instead:`; its `bad`
and `good` examples are its test.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from policy_gate.linting.fix import Fixer
from policy_gate.linting.interface import FindingType
from policy_gate.linting.view import Place, PolicyView
from policy_gate.model import PolicyKind

_LINK = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"
    "#access-analyzer-reference-policy-checks-"
)
_TYPE_IN_LINK: dict[FindingType, str] = {
    "ERROR": "error",
    "SECURITY_WARNING": "security-warning",
    "SUGGESTION": "suggestion",
    "WARNING": "general-warning",
}
_SHOWN_CHARACTERS = 120


class Problem(NamedTuple):
    """What a rule found: a sentence for the user, and the places, the first to jump to."""

    details: str
    places: tuple[Place, ...]


Check: TypeAlias = Callable[[PolicyView], Iterable[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One check of ValidatePolicy."""

    code: str
    finding_type: FindingType
    kinds: tuple[PolicyKind, ...]
    """The policies it applies to; its examples are of the first kind."""

    check: Check
    bad: str
    """A policy that it reports."""

    good: str
    """The same policy, mended."""

    resource_type: str | None = None
    """The ValidatePolicyResourceType that the examples are validated for, if any."""

    approximate: bool = False
    """Off unless asked for: without tables that AWS keeps to itself it reports too much."""

    fix: Fixer | None = None
    """Mends what it reports, where it is certain what is to be written."""

    @property
    def docs(self) -> str:
        return inspect.getdoc(self.check) or ""

    @property
    def learn_more_link(self) -> str:
        slug = self.code.lower().replace("_", "-")
        return f"{_LINK}{_TYPE_IN_LINK[self.finding_type]}-{slug}"


def rule(  # noqa: PLR0913 - the parts of a rule, by name
    code: str,
    finding_type: FindingType,
    *,
    bad: str,
    good: str,
    kinds: tuple[PolicyKind, ...] = tuple(PolicyKind),
    resource_type: str | None = None,
    approximate: bool = False,
    fix: Fixer | None = None,
) -> Callable[[Check], Rule]:
    """Makes a rule of a check; by default it applies to every kind of policy, and is on."""

    def decorate(check: Check) -> Rule:
        return Rule(code, finding_type, kinds, check, bad, good, resource_type, approximate, fix)

    return decorate


def example(*statements: str) -> str:
    """An example policy of the given statements, each a JSON object."""
    lines = ",\n".join(f"    {statement}" for statement in statements)
    return f'{{\n  "Version": "2012-10-17",\n  "Statement": [\n{lines}\n  ]\n}}'


def example_with(
    condition: str,
    *,
    effect: str = "Allow",
    action: str = "s3:GetObject",
    resource: str = "arn:aws:s3:::logs/*",
) -> str:
    """An example policy of one statement with this Condition, a JSON object."""
    return example(
        f'{{"Effect": "{effect}", "Action": "{action}", "Resource": "{resource}",\n'
        f'     "Condition": {condition}}}'
    )


def quoted(value: str) -> str:
    """A string of the policy as a message shows it: in quotes, shortened, in plain ASCII."""
    if len(value) > _SHOWN_CHARACTERS:
        value = value[:_SHOWN_CHARACTERS] + "..."
    return json.dumps(value)
