"""What is assumed of values that a plan does not tell."""

from __future__ import annotations

from policy_gate.extractors.stand_ins import stand_in
from policy_gate.extractors.terraform.values import Located, Place, unknown
from policy_gate.model import ANY_TEXT, Assumption, AssumptionKind


def supplied(expression: str, why: str, pattern: str = ANY_TEXT) -> Assumption:
    """Any value of its shape. `expression` is as it is written, without `${}`; `why` ends a
    sentence, as "it is known after apply"."""
    written = f"${{{expression}}}"
    return Assumption(
        AssumptionKind.SUPPLIED,
        written,
        f"{written} is any value: {why}",
        stand_in(written),
        pattern=pattern,
    )


def any_value(expression: str, why: str, place: Place) -> Located:
    """A value of which nothing is known, not even its type."""
    return unknown(supplied(expression, why), place)
