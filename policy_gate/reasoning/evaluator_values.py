"""How the evaluator compares numbers, dates and addresses.

Code of its own, apart from what the decision procedure does.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from fractions import Fraction
from ipaddress import IPv6Address, ip_address, ip_interface

_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(?P<seconds>:\d\d)?(?P<fraction>\.\d+)?(Z|[+-]\d\d:?\d\d)", re.ASCII
)


def number(text: str) -> Fraction | None:
    """The number that a text is, None where it is none."""
    return Fraction(text.rstrip(".")) if _DECIMAL.fullmatch(text) else None


def instant(text: str) -> Fraction | None:
    """The seconds since 1970 of an ISO 8601 date (W3C profile) or of their number."""
    day, moment = _DAY.fullmatch(text), _INSTANT.fullmatch(text)
    if not day and not moment:
        return number(text)
    fraction = Fraction(0)
    if day:
        text += "-01" * (2 - text.count("-")) + "T00:00:00Z"
    elif moment and moment["fraction"]:
        fraction = Fraction(f"0{moment['fraction']}")
        text = text.replace(moment["fraction"], "", 1)
    if moment and not moment["seconds"]:
        text = f"{text[:16]}:00{text[16:]}"
    try:
        moment_in_time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return Fraction((moment_in_time - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) + fraction


def in_network(value: str, text: str) -> bool | None:
    """Whether a text is an address in a CIDR block; None where the block is none."""
    try:
        network = ip_interface(value).network
    except ValueError:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.scope_id:
        return False
    return address.version == network.version and int(address) >> (
        network.max_prefixlen - network.prefixlen
    ) == int(network.network_address) >> (network.max_prefixlen - network.prefixlen)
