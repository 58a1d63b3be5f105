"""What answers rest on beyond the documents: what AWS does not say, and what is not at hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from policy_gate.reasoning.answer import Result
from policy_gate.reasoning.document import Statement

SEGMENTS = (
    "A1: in the first five segments of an ARN, a wildcard matches no colon,"
    " but for a * at the end of an ARN with fewer segments"
)
SINGLE_VALUED = (
    "A2: a context key that is compared without ForAllValues or ForAnyValue has one value at most"
)
ANY_ACTION = "A3: every name of the form service:Name counts as an action, known to AWS or not"
NO_COMPATIBILITY = (
    "A4: any action may meet any resource and any context key, also where AWS never combines them"
)
FREE_CONTEXT = (
    "A5: the context keys about the principal are free of the principal that the policy names"
)
ONE_POLICY = (
    "A6: no other policy restricts the request: no service or resource control policy,"
    " no permissions boundary, no session policy"
)
SERVICES = (
    "A7: an AWS service acts for the zone of trust, unless the statement that lets it in says for"
    " whom else"
)

_SEGMENT_WILDCARD = r"(?a)arn:(?:[^:]*:){0,3}[^:]*[*?]"
_MULTIVALUED = frozenset(
    {"aws:calledvia", "aws:principalorgpaths", "aws:principalservicenameslist", "aws:tagkeys"}
)
_OF_PRINCIPAL = ("aws:principal", "aws:userid", "aws:username", "aws:federatedprovider")


class Touched(NamedTuple):
    """Which assumptions a policy makes matter."""

    segments: bool = False
    multivalued: bool = False
    """Whether it compares a key that may have several values as if it had one."""

    principal_keys: bool = False


def touched_by(statements: Iterable[Statement], single_keys: frozenset[str]) -> Touched:
    """The assumptions that statements make matter; `single_keys` are compared as single values."""
    segments = principal_keys = False
    for statement in statements:
        resources = statement.resource.values if statement.resource else ()
        segments = segments or any(re.match(_SEGMENT_WILDCARD, text) for text in resources)
        if statement.principal is not None:
            keys = (condition.key for condition in statement.conditions)
            principal_keys = principal_keys or any(key.startswith(_OF_PRINCIPAL) for key in keys)
    return Touched(segments, bool(single_keys & _MULTIVALUED), principal_keys)


def assumptions_of(result: Result, touched: Iterable[Touched], mixed_keys: bool) -> Iterator[str]:
    """The assumptions of an answer about policies.

    `mixed_keys` says whether they compare some key with and without set operators.
    """
    touched = list(touched)
    if any(policy.segments for policy in touched):
        yield SEGMENTS
    if mixed_keys or any(policy.multivalued for policy in touched):
        yield SINGLE_VALUED
    if result == "FAIL":
        yield ANY_ACTION
        yield NO_COMPATIBILITY
    if any(policy.principal_keys for policy in touched):
        yield FREE_CONTEXT
    if result == "FAIL":
        yield ONE_POLICY
