"""What one call takes: lists in parts, and documents of a bounded size.

Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Access.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from policy_gate.analyzers.interface import Access, AnalyzerError, Answer

MAX_ACCESS_ITEMS = 100
"""Actions, and resources, that one call of CheckAccessNotGranted takes."""

MAX_RESOURCE = 2048
"""Characters of a resource that CheckAccessNotGranted takes."""

MAX_VALIDATED = 32_767
"""Characters of a document that ValidatePolicy takes, white space not counted.

The service's model names no bound; this is the one that AWS's own validator keeps to:
https://github.com/awslabs/aws-cloudformation-iam-policy-validator (validation/validator.py)
"""


def require_validated_size(document: str) -> None:
    """Raises AnalyzerError for a document that ValidatePolicy does not take."""
    size = sum(map(len, document.split()))
    if size > MAX_VALIDATED:
        raise AnalyzerError(
            "DocumentTooLarge",
            f"The policy has {size:,} characters without white space, and ValidatePolicy takes"
            f" {MAX_VALIDATED:,}. Divide the policy, or let the embedded analyzer answer.",
        )


def require_resource_sizes(access: Access) -> None:
    """Raises AnalyzerError for a resource that CheckAccessNotGranted does not take."""
    longest = max(map(len, access.resources), default=0)
    if longest > MAX_RESOURCE:
        raise AnalyzerError(
            "ResourceTooLong",
            f"A resource to look for has {longest:,} characters, and CheckAccessNotGranted takes"
            f" {MAX_RESOURCE:,}. Shorten it with a wildcard.",
        )


def parts_of(access: Access) -> Iterator[Mapping[str, Sequence[str]]]:
    """The access in parts that one call takes: every pair of an action and a resource is in one."""
    for actions, resources in product(_chunks(access.actions), _chunks(access.resources)):
        part = {"actions": actions, "resources": resources}
        yield {key: items for key, items in part.items() if items}


def _chunks(items: Sequence[str]) -> list[list[str]]:
    """At least one, which is empty where there are no items."""
    starts = range(0, max(len(items), 1), MAX_ACCESS_ITEMS)
    return [list(items[start : start + MAX_ACCESS_ITEMS]) for start in starts]


def merged(answers: Sequence[Answer]) -> Answer:
    """One answer for all parts: FAIL where one is, with the reasons of all."""
    first = next((answer for answer in answers if answer.result == "FAIL"), answers[0])
    reasons = dict.fromkeys(reason for answer in answers for reason in answer.reasons)
    return Answer(first.result, first.message, tuple(reasons))
