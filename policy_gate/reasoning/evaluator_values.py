"""How the evaluator compares condition values: numbers, dates, addresses and policy variables.

Code of its own, apart from what the decision procedure does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from ipaddress import ip_address, ip_interface
from typing import TypeAlias

from policy_gate.reasoning.casing import folded

Context: TypeAlias = Mapping[str, Sequence[str]]
"""The values of each key of a request, by key in lower case."""

_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(?P<seconds>:\d\d)?(?P<fraction>\.\d+)?(Z|[+-]\d\d:?\d\d)", re.ASCII
)
_VARIABLE = re.compile(r"\$\{([^{}]+)\}")
_DEFAULT = re.compile(r"(.*?),\s*'(.*)'", re.DOTALL)


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
    return address.version == network.version and int(address) >> (
        network.max_prefixlen - network.prefixlen
    ) == int(network.network_address) >> (network.max_prefixlen - network.prefixlen)


def filled(text: str, context: Context) -> tuple[list[str], bool] | None:
    """The elements of a text with policy variables for `matching.glob_matches`.

    And whether the text ends in a `${` of which nothing is known. None where a variable has no
    value and no default. Raises ValueError where a variable has several values.
    """
    elements: list[str] = []
    position = 0
    for match in _VARIABLE.finditer(text):
        between = text[position : match.start()]
        if "${" in between:
            break
        elements += between
        position = match.end()
        value = _value_of(match.group(1), context)
        if value is None:
            return None
        elements += (f"={char}" for char in value)
    rest, opening, _ = text[position:].partition("${")
    return [*elements, *rest], bool(opening)


def _value_of(inside: str, context: Context) -> str | None:
    if inside in ("*", "?", "$"):
        return inside
    match = _DEFAULT.fullmatch(inside.strip())
    name, default = match.groups() if match else (inside, None)
    values = context.get(folded(name.strip()), ())
    if len(values) > 1:
        raise ValueError(f"{name} has several values")
    return values[0] if values else default


def first_variable(text: str) -> int:
    """The offset of the first policy variable that stands for a value, the length if none does."""
    for match in re.finditer(r"\$\{", text):
        if text[match.start() :][:4] not in ("${*}", "${?}", "${$}"):
            return match.start()
    return len(text)
