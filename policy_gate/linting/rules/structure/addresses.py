"""Rules about IP addresses in conditions.

Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import NamedTuple, TypeAlias

from policy_gate.linting.rule import Problem, example_with, quoted, rule
from policy_gate.linting.variables import OPENING
from policy_gate.linting.view import Condition, PolicyView, Text
from policy_gate.reasoning.values import network_of

Network: TypeAlias = IPv4Network | IPv6Network

# RFC 1918 and its like in IPv6, RFC 4193. AWS does not document what it takes for private, and
# nobody writes loopback or link-local addresses there.
_PRIVATE: tuple[Network, ...] = tuple(
    map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
)
_SOURCE_IP = "aws:sourceip"
_IN_A_VPC = "for the addresses of a VPC, test aws:VpcSourceIp together with aws:SourceVpc"
_ALLOW = example_with('{"IpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}')
_DENY = example_with('{"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}', effect="Deny")


class _Ranges(NamedTuple):
    """The values of a condition: private ranges, public ones, and what is no range."""

    private: list[Text]
    public: list[Text]
    others: list[Text]


@rule(
    "PRIVATE_IP_ADDRESS",
    "ERROR",
    bad=_ALLOW.replace("203.0.113.0/24", "10.0.0.0/8"),
    good=_ALLOW,
)
def private_ip_address(policy: PolicyView) -> Iterator[Problem]:
    """Reports IpAddress on aws:SourceIp where all addresses are private.

    Why is this bad? It never matches: requests arrive from public addresses, and those through a
    VPC endpoint do not have aws:SourceIp.

    Use instead: public addresses; for those of a VPC, `aws:VpcSourceIp` with `aws:SourceVpc`.
    """
    yield from _all_private(policy, "IpAddress", "never matches")


@rule(
    "PRIVATE_NOT_IP_ADDRESS",
    "ERROR",
    bad=_DENY.replace("203.0.113.0/24", "10.0.0.0/8"),
    good=_DENY,
)
def private_not_ip_address(policy: PolicyView) -> Iterator[Problem]:
    """Reports NotIpAddress on aws:SourceIp where all addresses are private.

    Why is this bad? It excludes nothing: requests arrive from public addresses, and those through
    a VPC endpoint do not have aws:SourceIp.

    Use instead: public addresses; for those of a VPC, `aws:VpcSourceIp` with `aws:SourceVpc`.
    """
    yield from _all_private(policy, "NotIpAddress", "excludes nothing")


def _all_private(policy: PolicyView, operator: str, effect: str) -> Iterator[Problem]:
    for condition, ranges in _source_ranges(policy, operator):
        if ranges.private and not ranges.public and not ranges.others:
            yield Problem(
                f"{quoted(condition.key)} has private addresses only, as "
                f"{quoted(ranges.private[0].value)}, so that {operator} {effect}: write public "
                f"addresses; {_IN_A_VPC}.",
                (condition.values.place,),
            )


@rule(
    "PRIVATE_IP_ADDRESS_SUBSET",
    "SUGGESTION",
    bad=_ALLOW.replace('"203.0.113.0/24"', '"203.0.113.0/24", "10.0.0.0/8"'),
    good=_ALLOW,
)
def private_ip_address_subset(policy: PolicyView) -> Iterator[Problem]:
    """Reports IpAddress on aws:SourceIp where some addresses are private.

    Why is this bad? They never match: requests arrive from public addresses.

    Use instead: public addresses only; for those of a VPC, `aws:VpcSourceIp` with `aws:SourceVpc`.
    """
    yield from _some_private(policy, "IpAddress")


@rule(
    "PRIVATE_NOT_IP_ADDRESS_SUBSET",
    "SUGGESTION",
    bad=_DENY.replace('"203.0.113.0/24"', '"203.0.113.0/24", "10.0.0.0/8"'),
    good=_DENY,
)
def private_not_ip_address_subset(policy: PolicyView) -> Iterator[Problem]:
    """Reports NotIpAddress on aws:SourceIp where some addresses are private.

    Why is this bad? They exclude nothing: requests arrive from public addresses.

    Use instead: public addresses only; for those of a VPC, `aws:VpcSourceIp` with `aws:SourceVpc`.
    """
    yield from _some_private(policy, "NotIpAddress")


def _some_private(policy: PolicyView, operator: str) -> Iterator[Problem]:
    for condition, ranges in _source_ranges(policy, operator):
        if ranges.private and ranges.public:
            yield Problem(
                f"{quoted(condition.key)} has private addresses, as "
                f"{quoted(ranges.private[0].value)}, from which no request arrives: remove them; "
                f"{_IN_A_VPC}.",
                tuple(text.place for text in ranges.private),
            )


def _source_ranges(policy: PolicyView, operator: str) -> Iterator[tuple[Condition, _Ranges]]:
    for condition in policy.conditions:
        if condition.folded_key == _SOURCE_IP and condition.operator.name == operator:
            ranges = _Ranges([], [], [])
            for text in condition.scalars:
                network = network_of(text.value)
                if network is None:
                    ranges.others.append(text)
                else:
                    (ranges.private if _is_private(network) else ranges.public).append(text)
            yield condition, ranges


def _is_private(network: Network) -> bool:
    return any(
        network.version == private.version
        and network.prefixlen >= private.prefixlen
        and network.network_address in private
        for private in _PRIVATE
    )


@rule(
    "IMPROVE_IP_RANGE",
    "SUGGESTION",
    bad=_ALLOW.replace("203.0.113.0/24", "203.0.113.7/24"),
    good=_ALLOW,
)
def improve_ip_range(policy: PolicyView) -> Iterator[Problem]:
    """Reports a CIDR block with bits set beyond its prefix.

    Why is this bad? They are ignored: `203.0.113.7/24` is the whole block and not one address.

    Use instead: `203.0.113.0/24` for the block, `203.0.113.7` for the one address.
    """
    for text in _addresses(policy):
        network = network_of(text.value)
        address = ip_address(text.value.partition("/")[0]) if network else None
        if network and address and address != network.network_address:
            yield Problem(
                f"{quoted(text.value)} has bits set beyond its prefix, which are ignored: write "
                f'"{network}" for the block, or "{address}" for the one address.',
                (text.place,),
            )


@rule(
    "TYPE_MISMATCH_IP_RANGE",
    "ERROR",
    bad=_ALLOW.replace("203.0.113.0/24", "203.0.113.0/240"),
    good=_ALLOW,
)
def type_mismatch_ip_range(policy: PolicyView) -> Iterator[Problem]:
    """Reports a value of IpAddress or NotIpAddress that is no IP address and no CIDR block.

    Why is this bad? It matches no request.

    Use instead: `203.0.113.0/24`, `203.0.113.7`, `2001:db8::/32`.
    """
    for text in _addresses(policy):
        if OPENING not in text.value and network_of(text.value) is None:
            yield Problem(
                f"{quoted(text.value)} is no IP address and no range in CIDR notation: write one, "
                'as "203.0.113.0/24".',
                (text.place,),
            )


def _addresses(policy: PolicyView) -> Iterator[Text]:
    for condition in policy.conditions:
        if condition.operator.family == "IpAddress":
            yield from condition.scalars
