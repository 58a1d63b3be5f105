"""Condition operators by name.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

from policy_gate.casing import folded

Kind = Literal["equals", "like", "no case", "arn", "bool", "numeric", "date", "ip", "null"]
Quantifier = Literal["all", "any"] | None


class Operator(NamedTuple):
    """What an operator asks of the values of its key."""

    kind: Kind
    negated: bool = False
    comparison: str = "="
    """For numbers and dates: how the value of the request relates to that of the policy."""

    variables: bool = True
    """Whether its values may hold policy variables."""

    quantifier: Quantifier = None
    """The set operator before it."""

    if_exists: bool = False


_ARN = Operator("arn")
_OPERATORS = {
    "stringequals": Operator("equals"),
    "stringnotequals": Operator("equals", negated=True),
    "stringequalsignorecase": Operator("no case"),
    "stringnotequalsignorecase": Operator("no case", negated=True),
    "stringlike": Operator("like"),
    "stringnotlike": Operator("like", negated=True),
    "binaryequals": Operator("equals", variables=False),
    "arnequals": _ARN,
    "arnlike": _ARN,
    "arnnotequals": _ARN._replace(negated=True),
    "arnnotlike": _ARN._replace(negated=True),
    "bool": Operator("bool"),
    "ipaddress": Operator("ip", variables=False),
    "notipaddress": Operator("ip", negated=True, variables=False),
    "null": Operator("null", variables=False),
}
for _kind in ("numeric", "date"):
    for _name, _comparison in {
        "equals": "=",
        "lessthan": "<",
        "lessthanequals": "<=",
        "greaterthan": ">",
        "greaterthanequals": ">=",
    }.items():
        _OPERATORS[_kind + _name] = Operator(_kind, False, _comparison, variables=False)
    _OPERATORS[f"{_kind}notequals"] = Operator(_kind, negated=True, variables=False)

_QUANTIFIERS: dict[str, Quantifier] = {"forallvalues": "all", "foranyvalue": "any"}


@lru_cache(maxsize=256)
def operator_of(name: str) -> Operator | None:
    """The operator of a name in any case, None where there is no such operator."""
    prefix, colon, base = folded(name).rpartition(":")
    if colon and prefix not in _QUANTIFIERS:
        return None
    if_exists = base.endswith("ifexists")
    operator = _OPERATORS.get(base.removesuffix("ifexists"))
    if operator is None or (operator.kind == "null" and (if_exists or colon)):
        return None
    return operator._replace(quantifier=_QUANTIFIERS.get(prefix), if_exists=if_exists)
