"""Fixers that write another condition key, for which the values are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from policy_gate.linting.fix import Fix, condition_of
from policy_gate.linting.fixers.spelling import with_key
from policy_gate.linting.view import Place, PolicyView

_KEYS_OF_IDS = (
    ("aws:SourceVpc", re.compile(r"vpc-(?:[0-9a-f]{8}|[0-9a-f]{17})")),
    ("aws:SourceVpce", re.compile(r"vpce-(?:[0-9a-f]{8}|[0-9a-f]{17})")),
)
_ACCOUNT = ("aws:SourceAccount", re.compile(r"\d{12}", re.ASCII))
_KEYS_OF_SERVICES = {
    "aws:principalorgid": "aws:SourceOrgID",
    "aws:principalorgpaths": "aws:SourceOrgPaths",
}


def key_of_network(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes the key for VPCs, or for VPC endpoints, if all values are such."""
    return _for_values(policy, places, *_KEYS_OF_IDS)


def key_of_account(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes the key for the account that a service acts for, if all values are accounts."""
    return _for_values(policy, places, _ACCOUNT)


def _for_values(
    policy: PolicyView, places: Sequence[Place], *keys: tuple[str, re.Pattern[str]]
) -> Fix | None:
    condition = condition_of(policy, places[0])
    values = [text.value for text in condition.scalars] if condition else []
    for key, pattern in keys:
        if values and all(map(pattern.fullmatch, values)):
            return with_key(policy, places, key)
    return None


def key_of_source(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes the key for the organization that a service acts for, instead of the caller's."""
    condition = condition_of(policy, places[0])
    key = _KEYS_OF_SERVICES.get(condition.folded_key) if condition else None
    return with_key(policy, places, key) if key and len(places) == 1 else None
