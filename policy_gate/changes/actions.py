"""The actions of AWS that a comparison asks about, and what the service catalogue says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from policy_gate.casing import folded
from policy_gate.catalog.iam_data import catalog


def names_of(statements: Iterable[Mapping[str, Any]]) -> Sequence[str]:
    """The actions that plain statements may match: of the services that they name, or of all."""
    patterns: list[str] = []
    for statement in statements:
        if "Action" not in statement:
            return _all_names()
        value = statement["Action"]
        patterns += value if isinstance(value, list) else [value]
    services = [pattern.partition(":")[0] for pattern in patterns if isinstance(pattern, str)]
    if any("*" in service or "?" in service for service in services):
        return _with_unknown(_all_names(), patterns)
    known = catalog()
    listed = [
        name for service in sorted({*map(folded, services)}) for name in known.action_names(service)
    ]
    return _with_unknown(listed, patterns)


@lru_cache(maxsize=1)
def _all_names() -> Sequence[str]:
    known = catalog()
    return [name for service in known.services() for name in known.action_names(service)]


def _with_unknown(names: Sequence[str], patterns: Iterable[str]) -> Sequence[str]:
    """Also the actions that a policy names and the catalogue does not."""
    known = {folded(name) for name in names}
    unknown = {
        pattern
        for pattern in patterns
        if ":" in pattern and not {"*", "?"} & set(pattern) and folded(pattern) not in known
    }
    return [*names, *sorted(unknown)]


def access_level(action: str) -> str:
    """As the Service Authorization Reference has it; empty for an action that is not known."""
    levels = catalog().access_levels(action.partition(":")[0])
    # Some writes are more than that: `Permissions management, Write`.
    return levels.get(folded(action), "").partition(",")[0]


def service_name(action: str) -> str:
    """What people call the service of an action: `DynamoDB`; its prefix where it is not known."""
    prefix = action.partition(":")[0]
    name = catalog().service_name(prefix).removeprefix("Amazon ").removeprefix("AWS ")
    return _SHORT.get(prefix, name) or prefix


_SHORT = {"iam": "IAM", "sts": "STS", "kms": "KMS", "sqs": "SQS", "sns": "SNS", "ec2": "EC2"}
"""Services whose full name nobody uses."""


def resource_kinds(action: str) -> Sequence[str]:
    """The resource types that an action works on, the required ones where there are such."""
    known = catalog().action(action)
    types = known.resource_types if known else ()
    required = [item.name for item in types if item.required]
    return required or [item.name for item in types]
