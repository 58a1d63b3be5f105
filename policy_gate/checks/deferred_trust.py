"""What only deployment knows of whom a policy lets in: as part of the zone of trust, or not."""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.casing import folded
from policy_gate.checks.widening import (
    deferred_in,
    is_supplied,
    principal_stand_in,
    typed_stand_in,
    unnamed_account,
)
from policy_gate.model import Assumption, AssumptionKind, DeferredText, Value
from policy_gate.partitions import URL_SUFFIXES
from policy_gate.reasoning.operators import operator_of
from policy_gate.reasoning.zone import ZONE_KEYS, ZoneOfTrust

_ACCOUNT_ID = "${AWS::AccountId}"
OWN_ACCOUNT = unnamed_account(Assumption(AssumptionKind.SUPPLIED, _ACCOUNT_ID, ""))
"""The number that stands for the account of a policy, where nothing tells it."""

_ORIGIN_ACCESS_IDENTITY = ":iam::cloudfront:user/"
_OPERATORS = {
    "equals": "ForAnyValue:StringEquals",
    "no case": "ForAnyValue:StringEquals",
    "like": "ForAnyValue:StringLike",
    "arn": "ForAnyValue:ArnLike",
}


def in_own_account(value: Value) -> Value:
    """The value with the number that stands for the own account in place of AWS::AccountId."""
    if isinstance(value, dict):
        return {key: in_own_account(child) for key, child in value.items()}
    if isinstance(value, list):
        return [in_own_account(child) for child in value]
    if not isinstance(value, DeferredText):
        return value
    parts = tuple(
        OWN_ACCOUNT if isinstance(part, Assumption) and part.expression == _ACCOUNT_ID else part
        for part in value.parts
    )
    known = [part for part in parts if isinstance(part, str)]
    return "".join(known) if len(known) == len(parts) else DeferredText(parts)


def with_created_here(zone: ZoneOfTrust, document: Value) -> ZoneOfTrust:
    """The zone with what the template creates, of which an ARN does not tell the account.

    It belongs to the account of the policy: buckets, and identities of CloudFront.
    """
    found = [
        (kind, text)
        for kind, value in _principals(document)
        for text in _stand_ins(kind, value)
        if _is_created_here(value) and (kind == "CanonicalUser" or _ORIGIN_ACCESS_IDENTITY in text)
    ]
    sources = [
        ("ForAnyValue:ArnLike", key, text)
        for operator, key, value in _conditions(document)
        for text in _condition_stand_ins(operator, value)
        if _is_created_here(value) and folded(key) == "aws:sourcearn" and _has_no_account(text)
    ]
    return _with(zone, found, sources)


def with_supplied(zone: ZoneOfTrust, document: Value) -> ZoneOfTrust:
    """The zone with every principal, and every value of its conditions, that deployment supplies.

    An action, a resource or another condition does not make anybody one of the zone.
    """
    claims = {
        folded(claim.rpartition(":")[2])
        for provider in zone.providers
        for claim, _ in provider.claims
    }
    found = [
        (kind, text)
        for kind, value in _principals(document)
        if is_supplied(value)
        for text in _stand_ins(kind, value)
        if not _is_elsewhere(text, value, zone)
    ]
    confined = [
        (_OPERATORS[known.kind], key, text)
        for operator, key, value in _conditions(document)
        if is_supplied(value)
        and (known := operator_of(operator)) is not None
        and known.kind in _OPERATORS
        and (folded(key) in ZONE_KEYS or folded(key.rpartition(":")[2]) in claims)
        for text in _condition_stand_ins(operator, value)
        if not _is_elsewhere(text, value, zone)
    ]
    return _with(zone, found, confined)


def _with(
    zone: ZoneOfTrust, principals: list[tuple[str, str]], conditions: list[tuple[str, str, str]]
) -> ZoneOfTrust:
    return zone._replace(
        principals=tuple(dict.fromkeys((*zone.principals, *principals))),
        conditions=tuple(dict.fromkeys((*zone.conditions, *conditions))),
    )


def _statements(document: Value) -> Iterator[dict[str, Value]]:
    statements = document.get("Statement") if isinstance(document, dict) else None
    for statement in statements if isinstance(statements, list) else [statements]:
        if isinstance(statement, dict):
            yield statement


def _principals(document: Value) -> Iterator[tuple[str, DeferredText]]:
    """The deferred Principal entries, each with its type."""
    for statement in _statements(document):
        principal = statement.get("Principal")
        by_kind = principal if isinstance(principal, dict) else {"AWS": principal}
        for kind, value in by_kind.items():
            for text in deferred_in(value):
                yield kind, text


def _conditions(document: Value) -> Iterator[tuple[str, str, DeferredText]]:
    """The deferred values of conditions, each with its operator and key."""
    for statement in _statements(document):
        condition = statement.get("Condition")
        for operator, keys in condition.items() if isinstance(condition, dict) else ():
            for key, value in keys.items() if isinstance(keys, dict) else ():
                for text in deferred_in(value):
                    yield operator, key, text


def _stand_ins(kind: str, text: DeferredText) -> list[str]:
    """What stands for a Principal entry, in each partition."""
    return list(
        dict.fromkeys(principal_stand_in(kind, text, partition) for partition in URL_SUFFIXES)
    )


def _condition_stand_ins(operator: str, text: DeferredText) -> list[str]:
    return list(
        dict.fromkeys(typed_stand_in(operator, text, partition) for partition in URL_SUFFIXES)
    )


def _is_created_here(text: DeferredText) -> bool:
    kinds = {part.kind for part in text.assumptions()}
    return AssumptionKind.CREATED_HERE in kinds and AssumptionKind.SUPPLIED not in kinds


def _is_elsewhere(arn: str, text: DeferredText, zone: ZoneOfTrust) -> bool:
    """Does the text itself name an account of which nobody is in the zone?"""
    account = _account_of(arn)
    written = any(isinstance(part, str) and account in part for part in text.parts)
    known = {*zone.accounts, *zone.own, *(_account_of(name) for _, name in zone.principals)}
    return written and account.isdecimal() and account not in known


def _account_of(arn: str) -> str:
    """The account of an ARN, empty where it has none."""
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 else ""


def _has_no_account(arn: str) -> bool:
    return arn.startswith("arn:") and not _account_of(arn)
