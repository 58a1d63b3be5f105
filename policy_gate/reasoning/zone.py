"""The zone of trust: whose access to a resource is nobody's surprise.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-concepts.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from policy_gate.casing import folded
from policy_gate.partitions import URL_SUFFIXES

ALL_SERVICES = ("*",)

ACCOUNT_KEYS = (
    "aws:PrincipalAccount",
    "aws:SourceAccount",
    "aws:SourceOwner",
    "kms:CallerAccount",
    "s3:DataAccessPointAccount",
)
ORGANIZATION_KEYS = ("aws:PrincipalOrgID", "aws:SourceOrgID")
PATH_KEYS = ("aws:PrincipalOrgPaths", "aws:SourceOrgPaths")
ARN_KEYS = ("aws:PrincipalArn", "aws:SourceArn", "s3:DataAccessPointArn")
ZONE_KEYS = frozenset(map(folded, (*ACCOUNT_KEYS, *ORGANIZATION_KEYS, *PATH_KEYS, *ARN_KEYS)))
"""What says who asks or on whose behalf, and what nobody else can set, in lower case.

Networks are not among them: whoever is in one may have credentials of any account. Nor is
sts:ExternalId, which the caller chooses.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

TrustedStatement: TypeAlias = dict[str, object]
Block: TypeAlias = Mapping[str, Mapping[str, Sequence[str]]]
"""A Condition block."""


class Provider(NamedTuple):
    """An identity provider of which some users are trusted, or all."""

    name: str
    """An ARN, or the host (and path) of an OIDC provider; wildcards count."""

    claims: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Claims as `sub`, or whole condition keys, each with patterns of which one must match."""


class ZoneOfTrust(NamedTuple):
    """All who are trusted: whoever is in one of the lists."""

    accounts: tuple[str, ...] = ()
    """The account of the policy, and others. Where there are none, it is not known which it is."""

    organizations: tuple[str, ...] = ()
    organization_paths: tuple[str, ...] = ()
    """As `o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*`."""

    principals: tuple[tuple[str, str], ...] = ()
    """As Principal entries: type and value."""

    providers: tuple[Provider, ...] = ()
    services: tuple[str, ...] = ALL_SERVICES
    """Access Analyzer reports no service principals: all of them are in its zones."""

    own: tuple[str, ...] = ()
    """Numbers that stand for the account of the policy, whichever that is."""

    conditions: tuple[tuple[str, str, str], ...] = ()
    """Operators, keys and values of conditions that nobody outside meets."""


def trusted_access(zone: ZoneOfTrust, foreign: Block | None = None) -> list[TrustedStatement]:
    """Allow statements for everything to the zone: the most that a policy may allow.

    No service is trusted that acts for what meets one of the conditions in `foreign`, each a
    negated one that says that it does not.
    """
    accounts = (*zone.accounts, *zone.own)
    statements = [_everything(_principals(zone, accounts))]
    statements += [_everything("*", block) for block in _confined(zone, accounts)]
    statements += [
        _everything(
            {"Federated": list(_names(provider, accounts))},
            {"ForAnyValue:StringLike": dict(_claims(provider))},
        )
        for provider in zone.providers
        if provider.claims
    ]
    if zone.services:
        statements += _services(zone.services, foreign or {})
    return statements


def _everything(principal: object, condition: Block | None = None) -> TrustedStatement:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*"}
    return statement | ({"Condition": condition} if condition else {})


def _principals(zone: ZoneOfTrust, accounts: Sequence[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {"AWS": list(accounts)}
    for kind, text in zone.principals:
        found.setdefault(kind, []).append(text)
    for provider in zone.providers:
        if not provider.claims:
            found.setdefault("Federated", []).extend(_names(provider, accounts))
    return found


def _confined(zone: ZoneOfTrust, accounts: Sequence[str]) -> Iterator[Block]:
    """Conditions that only the zone meets."""
    arns = [text for kind, text in zone.principals if kind == "AWS" and text.startswith("arn:")]
    arns += [f"arn:*:{service}::{account}:*" for account in accounts for service in ("iam", "sts")]
    paths = [*zone.organization_paths, *(f"{name}/*" for name in zone.organizations)]
    values = {
        **{("StringEquals", key): accounts for key in ACCOUNT_KEYS},
        **{("StringEquals", key): zone.organizations for key in ORGANIZATION_KEYS},
        **{("StringLike", key): paths for key in PATH_KEYS},
        ("ArnLike", "aws:PrincipalArn"): arns,
        ("ArnLike", "aws:SourceArn"): [f"arn:*:*:*:{account}:*" for account in accounts],
        ("ArnLike", "s3:DataAccessPointArn"): [f"arn:*:s3:*:{account}:*" for account in accounts],
    }
    for (operator, key), texts in values.items():
        if texts:
            yield {f"ForAnyValue:{operator}": {key: list(texts)}}
    for operator, key, value in zone.conditions:
        yield {operator: {key: [value]}}


def _services(services: Sequence[str], foreign: Block) -> Iterator[TrustedStatement]:
    """The services themselves, and what only they have in a request.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    yield _everything({"Service": list(services)}, foreign)
    for key in ("aws:PrincipalServiceName", "aws:PrincipalServiceNamesList"):
        yield _everything("*", {**foreign, "ForAnyValue:StringLike": {key: list(services)}})
    if tuple(services) == ALL_SERVICES:
        key = "aws:PrincipalIsAWSService"
        is_set: Block = {"Null": {key: ["false"]}, "StringNotEqualsIgnoreCase": {key: ["false"]}}
        yield _everything("*", {**foreign, **is_set})


def _names(provider: Provider, accounts: Iterable[str]) -> Iterator[str]:
    """The Federated entries of a provider. One that is given by its host is of a trusted account.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    yield provider.name
    if not provider.name.startswith("arn:"):
        for account in accounts:
            for partition in URL_SUFFIXES:
                yield f"arn:{partition}:iam::{account}:oidc-provider/{provider.name}"


def _claims(provider: Provider) -> Iterator[tuple[str, list[str]]]:
    host = provider.name.partition(":oidc-provider/")[2] or provider.name
    for claim, patterns in provider.claims:
        yield claim if ":" in claim else f"{host}:{claim}", list(patterns)
