"""Fixers of values that are nearly a boolean, number, date, address or base64.

As they are written they match no request, so that each is a guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from policy_gate.linting.fix import Fix, Fixer
from policy_gate.linting.fixers.common import corrected
from policy_gate.linting.view import Place, PolicyView
from policy_gate.reasoning.values import network_of, number_of, seconds_of

_BOOLEANS = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([,_' ]\d{3})+(\.\d+)?", re.ASCII)
_DATE = re.compile(
    r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})"
    r"(?:[T ]\s*(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)
_OPEN_OCTETS = re.compile(r"((?:\d{1,3}\.){1,3})\*(?:\.\*)*", re.ASCII)
_LONGEST = 512
_TO_BASE64 = str.maketrans("-_", "+/")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/=]")


def _rewriting(correct: Callable[[str], str | None]) -> Fixer:
    def fixer(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
        return corrected(
            policy, places, lambda text: correct(text.strip()) if len(text) <= _LONGEST else None
        )

    return fixer


@_rewriting
def boolean(text: str) -> str | None:
    """Writes true or false where it is plain which of them is meant."""
    word = text.lower()
    return word if word in ("true", "false") else _BOOLEANS.get(word)


@_rewriting
def number(text: str) -> str | None:
    """Leaves out what separates thousands, and blanks around the number."""
    plain = re.sub(r"[,_' ]", "", text) if _THOUSANDS.fullmatch(text) else text
    return plain if number_of(plain) is not None else None


@_rewriting
def date(text: str) -> str | None:
    """Writes a date and time in the form of ISO 8601; without a zone it is taken for UTC."""
    match = _DATE.fullmatch(text)
    if match is None:
        return text if seconds_of(text) is not None else None
    year, _, month, day, hour, minute, second, zone = match.groups()
    moment = f"{year}-{month:0>2}-{day:0>2}"
    if hour:
        zone = zone if zone and zone[0] in "+-" else "Z"
        moment += f"T{hour:0>2}:{minute}:{second or '00'}{zone}"
    return moment if seconds_of(moment) is not None else None


@_rewriting
def network(text: str) -> str | None:
    """Writes `203.0.113.*` as the block of these addresses, and leaves out blanks."""
    text = "".join(text.split())
    match = _OPEN_OCTETS.fullmatch(text)
    if match:
        octets = match[1].split(".")[:-1]
        text = f"{'.'.join([*octets, *['0'] * (4 - len(octets))])}/{8 * len(octets)}"
    return text if network_of(text) is not None else None


@_rewriting
def base64(text: str) -> str | None:
    """Writes the alphabet for URLs in the usual one, and leaves out blanks."""
    text = "".join(text.split()).translate(_TO_BASE64).rstrip("=")
    if _NOT_BASE64.search(text) or len(text) % 4 == 1:
        return None
    return text + "=" * (-len(text) % 4)
