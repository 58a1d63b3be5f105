"""The names of condition operators, taken apart.

Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

Family = Literal["String", "Numeric", "Date", "Bool", "Binary", "IpAddress", "Arn", "Null", ""]

OPERATORS: dict[str, Family] = {
    "StringEquals": "String",
    "StringNotEquals": "String",
    "StringEqualsIgnoreCase": "String",
    "StringNotEqualsIgnoreCase": "String",
    "StringLike": "String",
    "StringNotLike": "String",
    "NumericEquals": "Numeric",
    "NumericNotEquals": "Numeric",
    "NumericLessThan": "Numeric",
    "NumericLessThanEquals": "Numeric",
    "NumericGreaterThan": "Numeric",
    "NumericGreaterThanEquals": "Numeric",
    "DateEquals": "Date",
    "DateNotEquals": "Date",
    "DateLessThan": "Date",
    "DateLessThanEquals": "Date",
    "DateGreaterThan": "Date",
    "DateGreaterThanEquals": "Date",
    "Bool": "Bool",
    "BinaryEquals": "Binary",
    "IpAddress": "IpAddress",
    "NotIpAddress": "IpAddress",
    "ArnEquals": "Arn",
    "ArnNotEquals": "Arn",
    "ArnLike": "Arn",
    "ArnNotLike": "Arn",
    "Null": "Null",
}
_BY_FOLDED_NAME = {name.lower(): name for name in OPERATORS}
_QUALIFIERS = {"forallvalues": "ForAllValues", "foranyvalue": "ForAnyValue"}
_LONGEST = 64
_NAME = re.compile(r"(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?", re.IGNORECASE | re.DOTALL)


class Operator(NamedTuple):
    """The parts of an operator's name: `ForAnyValue:StringLikeIfExists` has all three.

    The names are compared without regard to case, since no source says that AWS minds it.
    """

    qualifier: str
    """`ForAllValues`, `ForAnyValue` or empty."""

    name: str
    """As AWS writes it; as the policy does where no such operator exists."""

    if_exists: bool

    @property
    def family(self) -> Family:
        """The type of value it compares; empty where no such operator exists."""
        return OPERATORS.get(self.name, "")

    @property
    def negated(self) -> bool:
        return "Not" in self.name

    @property
    def takes_wildcards(self) -> bool:
        """Does it take `*` and `?` for wildcards? ArnEquals does, as ArnLike."""
        return self.name in ("StringLike", "StringNotLike") or self.family == "Arn"

    def __str__(self) -> str:
        qualifier = f"{self.qualifier}:" if self.qualifier else ""
        return f"{qualifier}{self.name}{'IfExists' if self.if_exists else ''}"


def parse_operator(name: str) -> Operator:
    """The parts of any text."""
    # No operator is that long, and the names of a hostile policy are not kept.
    return _parse(name) if len(name) <= _LONGEST else Operator("", name, if_exists=False)


@lru_cache(maxsize=1024)
def _parse(name: str) -> Operator:
    match = _NAME.fullmatch(name)
    qualifier, base, suffix = match.groups() if match else (None, name, None)
    return Operator(
        _QUALIFIERS.get((qualifier or "").lower(), ""),
        _BY_FOLDED_NAME.get(base.lower(), base),
        suffix is not None,
    )
