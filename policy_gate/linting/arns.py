"""ARNs as policies write them, with wildcards and policy variables.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

PREFIX = "arn:"
FIELDS = 6

_COLON = re.compile(r"(?:\$\{[^{}]*\}|[^:])*")
_OPEN = re.compile(r"[*?]|\$\{")
_LONGEST_KEPT = 512


class Arn(NamedTuple):
    """The six fields of an ARN, but for the first, which is `arn`."""

    partition: str
    service: str
    region: str
    account: str
    resource: str


def fields_of(text: str) -> list[str]:
    """The fields between colons, at most six: the last holds the rest.

    A colon inside a policy variable separates nothing.
    """
    fields: list[str] = []
    position = 0
    while len(fields) < FIELDS - 1:
        match = _COLON.match(text, position)
        end = match.end() if match else position
        if end >= len(text):
            break
        fields.append(text[position:end])
        position = end + 1
    return [*fields, text[position:]]


def arn_of(text: str) -> Arn | None:
    """The fields of a text that begins with `arn:` and has all six."""
    return _arn_of(text) if len(text) <= _LONGEST_KEPT else _arn_of.__wrapped__(text)


@lru_cache(maxsize=4096)
def _arn_of(text: str) -> Arn | None:
    fields = fields_of(text) if text.startswith(PREFIX) else []
    return Arn(*fields[1:]) if len(fields) == FIELDS else None


def is_open(field: str) -> bool:
    """Does the field hold a wildcard or a policy variable?"""
    return _OPEN.search(field) is not None


def role_of(principal: str, kind: str) -> tuple[str, str, str] | None:
    """Partition, account and name of the role that a `role` or an `assumed-role` is about.

    The name alone tells roles of an account apart, whatever their paths.
    """
    arn = arn_of(principal)
    if not arn or is_open(principal):
        return None
    # The ARN of a role has its path before the name, that of a session none, but the session.
    first, *rest = arn.resource.split("/")
    if first != kind or not rest or arn.service not in ("iam", "sts"):
        return None
    name = rest[-1] if kind == "role" else rest[0]
    return (arn.partition, arn.account, name) if name else None
