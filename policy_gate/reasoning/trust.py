"""What makes a resource policy not public: fixed principals, and fixed values of certain keys.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
for Amazon S3; the lists of other services are not published. To theirs are added the keys that
say who asks or on whose behalf.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from policy_gate.reasoning.document import Condition, PrincipalElement, Statement
from policy_gate.reasoning.operators import operator_of

PUBLIC_IDENTITY_PROVIDERS = (
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
    "graph.facebook.com",
    "www.amazon.com",
)
"""Federated principals that anyone can have, by signing up.

Without a condition on the application that they sign up to, they are public.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html
"""

_TRUSTED_KEYS = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    }
    | {
        f"{provider}:{claim}"
        for provider in PUBLIC_IDENTITY_PROVIDERS
        for claim in ("aud", "oaud", "app_id", "sub")
    }
)
_WILD = re.compile(r"[*?]")
_ORGANIZATION_PATH = re.compile(r"o-[a-z0-9]+/[^*?]*\*?", re.ASCII)
_ACCESS_POINTS_OF_ACCOUNT = re.compile(r"arn:[^:*?]+:s3:[^:]*:\d{12}:accesspoint/.+", re.ASCII)
_MIN_PREFIX = {4: 8, 6: 32}
"""Broader blocks of addresses are public."""

TrustedStatement: TypeAlias = dict[str, object]


def trusted_access(statements: Iterable[Statement]) -> list[TrustedStatement]:
    """Allow statements for everything but the public: the most that a policy may allow.

    They name the fixed principals and values that the statements name, wherever that is: access
    that is confined to one of them is not public.
    """
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    principals: dict[str, list[str]] = {}
    conditions: dict[tuple[str, str], dict[str, None]] = {}
    for statement in statements:
        for kind, text in _fixed_principals(statement.principal):
            principals.setdefault(kind, []).append(text)
        for condition in statement.conditions:
            for operator, value in _fixed_values(condition):
                conditions.setdefault((operator, condition.key), {})[value] = None
    trusted: list[TrustedStatement] = [{**everything, "Principal": principals}]
    for (operator, key), values in conditions.items():
        confined = {f"ForAnyValue:{operator}": {key: list(values)}}
        trusted.append({**everything, "Principal": "*", "Condition": confined})
    return trusted


def _fixed_principals(principal: PrincipalElement | None) -> Iterator[tuple[str, str]]:
    for kind, text in principal.entries if principal else ():
        is_anyone = kind == "Federated" and text in PUBLIC_IDENTITY_PROVIDERS
        if not _WILD.search(text) and not is_anyone:
            yield kind, text


def _fixed_values(condition: Condition) -> Iterator[tuple[str, str]]:
    """The values of a condition that confine to something particular, with how to compare."""
    operator = operator_of(condition.operator)
    if operator is None or condition.key not in _TRUSTED_KEYS:
        return
    for value in condition.values:
        if condition.variables and "${" in value:
            continue
        if operator.kind == "ip":
            if condition.key == "aws:sourceip" and _is_narrow(value):
                yield "IpAddress", value
        elif operator.kind == "no case":
            if value and not _WILD.search(value):
                yield "StringEqualsIgnoreCase", value
        elif operator.kind in ("equals", "like", "arn") and _is_fixed(condition.key, value):
            yield "StringLike" if operator.kind != "equals" else "StringEquals", value


def _is_fixed(key: str, value: str) -> bool:
    if not _WILD.search(value):
        return bool(value)
    if key == "s3:dataaccesspointarn":
        return _ACCESS_POINTS_OF_ACCOUNT.fullmatch(value) is not None
    return key.endswith("orgpaths") and _ORGANIZATION_PATH.fullmatch(value) is not None


def _is_narrow(value: str) -> bool:
    from policy_gate.reasoning.values import network_of

    network = network_of(value)
    return network is not None and network.prefixlen >= _MIN_PREFIX[network.version]
