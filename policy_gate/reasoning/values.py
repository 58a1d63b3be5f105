"""Numbers, dates and IP addresses: condition values that are compared by what they mean.

A test is a question to one text. `candidates` are texts of which one passes any combination of
such tests that some text passes: the answers only change at the values that the tests name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from itertools import pairwise
from typing import NamedTuple

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:?\d\d))?)?)?",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = Decimal(-62_135_596_800), Decimal(253_402_300_799)
"""The seconds of the years 1 to 9999, which have an ISO 8601 form."""

_EXACT = Context(prec=10_000)
_NO_VALUE = "example"
"""A text that is neither number, date nor address."""


class Compared(NamedTuple):
    """The test: the text is a number or a date that relates so to one of `values`."""

    kind: str
    """`numeric` or `date`."""

    comparison: str
    """`=`, `<`, `<=`, `>` or `>=`: the text to the value."""

    values: tuple[Decimal, ...]

    def accepts(self, text: str) -> bool:
        number = number_of(text) if self.kind == "numeric" else seconds_of(text)
        return number is not None and any(self._relates(number, value) for value in self.values)

    def _relates(self, number: Decimal, value: Decimal) -> bool:
        if number == value:
            return "=" in self.comparison
        return ("<" if number < value else ">") in self.comparison


class InNetwork(NamedTuple):
    """The test: the text is an address in one of the networks."""

    networks: tuple[IPv4Network | IPv6Network, ...]

    def accepts(self, text: str) -> bool:
        address = _address_of(text)
        return address is not None and any(
            address.version == network.version and address in network for network in self.networks
        )


ValueTest = Compared | InNetwork


def number_of(text: str) -> Decimal | None:
    """The number that a text is, None where it is none."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


@lru_cache(maxsize=1024)
def seconds_of(text: str) -> Decimal | None:
    """The seconds since 1970 that a text is: an ISO 8601 date (W3C profile) or their number.

    None where it is neither.
    """
    match = _DATE.fullmatch(text)
    if not match:
        return number_of(text)
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        instant = datetime(
            int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0),
            int(second or 0), tzinfo=UTC,
        )  # fmt: skip
    except ValueError:
        return None
    offset = 0
    if zone and zone != "Z":
        digits = zone[1:].replace(":", "")
        offset = int(f"{zone[0]}1") * (int(digits[:2]) * 60 + int(digits[2:])) * 60
    seconds = (instant - _EPOCH) // timedelta(seconds=1) - offset
    return _EXACT.add(Decimal(seconds), Decimal(fraction or 0))


def network_of(text: str) -> IPv4Network | IPv6Network | None:
    """The addresses of a CIDR block or of one address; bits beyond its prefix may be set."""
    _, slash, prefix = text.partition("/")
    if "%" in text or (slash and not (prefix.isascii() and prefix.isdigit())):
        return None
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _address_of(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return None if "%" in text else ip_address(text)
    except ValueError:
        return None


def candidates(tests: Iterable[ValueTest]) -> list[str]:
    """Texts of which one passes and fails each test as wanted, if any text does."""
    tests = list(tests)
    compared = [test for test in tests if isinstance(test, Compared)]
    thresholds = sorted({value for test in compared for value in test.values})
    as_dates = any(test.kind == "date" for test in compared)
    as_numbers = any(test.kind == "numeric" for test in compared)
    found = []
    for number in _around(thresholds):
        if as_dates:
            found.append(_date_text(number))
        if as_numbers:
            # With its sign, a number of four digits is not read as a year.
            found.append(f"{number:+f}" if as_dates else f"{number:f}")
    if as_dates and as_numbers:
        found += _years(thresholds)
    networks = {
        network for test in tests if isinstance(test, InNetwork) for network in test.networks
    }
    found += _addresses(networks)
    return [*dict.fromkeys(found), _NO_VALUE]


def _around(thresholds: list[Decimal]) -> Iterator[Decimal]:
    """The thresholds, a number between any two, one below and one above all."""
    if not thresholds:
        return
    yield from thresholds
    yield _EXACT.subtract(thresholds[0], Decimal(1))
    yield _EXACT.add(thresholds[-1], Decimal(1))
    for low, high in pairwise(thresholds):
        middle = _EXACT.multiply(_EXACT.add(low, high), Decimal("0.5"))
        whole = middle.to_integral_value()
        yield whole if low < whole < high else middle


def _years(thresholds: Iterable[Decimal]) -> Iterator[str]:
    """Texts of four digits, which are numbers and years, about the thresholds of both."""
    middles = {1, 9999}
    for value in thresholds:
        if 0 <= value < 10_000:
            middles.add(int(value))
        if _FIRST <= value <= _LAST:
            middles.add((_EPOCH + timedelta(seconds=int(value))).year)
    for year in sorted({middle + step for middle in middles for step in (-1, 0, 1, 2)}):
        if 1 <= year <= 9999:
            yield f"{year:04}"


def _date_text(seconds: Decimal) -> str:
    if seconds != seconds.to_integral_value() or not _FIRST <= seconds <= _LAST:
        return f"{seconds:f}"
    return (_EPOCH + timedelta(seconds=int(seconds))).isoformat().replace("+00:00", "Z")


def _addresses(networks: Iterable[IPv4Network | IPv6Network]) -> list[str]:
    """In each family: an address of each network, and the first one after each."""
    versions: dict[int, list[str]] = {}
    for network in sorted(networks, key=lambda network: (network.version, network)):
        first, after = network.network_address, int(network.broadcast_address) + 1
        of_family = versions.setdefault(network.version, [])
        of_family.append(str(first))
        if after < 2**network.max_prefixlen:
            of_family.append(str(type(first)(after)))
    usual = {4: ["203.0.113.10", "0.0.0.0"], 6: ["2001:db8::10", "::"]}  # noqa: S104
    return [
        text for version, texts in usual.items() for text in (*versions.get(version, ()), *texts)
    ]
