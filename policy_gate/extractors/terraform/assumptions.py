"""What is assumed of values that a plan does not tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from policy_gate.extractors.stand_ins import stand_in
from policy_gate.extractors.terraform.values import Located, Place, unknown
from policy_gate.model import ANY_TEXT, Assumption, AssumptionKind, DeferredText

UNTOLD = "neither the plan nor its sources tell"
SENSITIVE = "it is marked sensitive"


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


def step_into(value: Located, steps: Iterable[str | int], written: str, place: Place) -> Located:
    """What is at the steps of a value; any value where that is not told.

    `written` is the expression that takes the steps.
    """
    for step in steps:
        content = value.value
        if isinstance(content, dict) and str(step) in content:
            value = content[str(step)]
        elif isinstance(content, list) and isinstance(step, int) and 0 <= step < len(content):
            value = content[step]
        else:
            is_error = not isinstance(content, DeferredText)
            return replace(any_value(written, "it is not told", place), is_error=is_error)
    return value


def is_secret(assumption: Assumption) -> bool:
    """Does it stand for a value that is marked sensitive?"""
    return assumption.description.endswith(SENSITIVE)
