"""Operators of expressions. None stands for a result that is not known.

Source: https://developer.hashicorp.com/terraform/language/expressions/operators
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from fractions import Fraction

from policy_gate.extractors.terraform.values import Located, plain, scalar_text
from policy_gate.model import DeferredText

Number = int | float

_COMPARISONS: dict[str, Callable[[Number, Number], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_MAX_NUMBER = 10**30

ALL = frozenset({"!", "&&", "||", "==", "!=", "/", "%", *_COMPARISONS, *_ARITHMETIC})


def truth(value: Located) -> bool | None:
    """A condition; texts count as Terraform converts them."""
    content = value.value
    if isinstance(content, bool):
        return content
    return {"true": True, "false": False}.get(content) if isinstance(content, str) else None


def result(symbol: str, sides: Sequence[Located]) -> bool | Number | None:
    """What the operator makes of its one or two sides."""
    if symbol == "!" and len(sides) == 1:
        holds = truth(sides[0])
        return None if holds is None else not holds
    if symbol == "-" and len(sides) == 1:
        number = _number(sides[0])
        return None if number is None else -number
    if len(sides) != 2:
        return None
    if symbol in ("&&", "||"):
        return _logical(symbol == "||", truth(sides[0]), truth(sides[1]))
    if symbol in ("==", "!="):
        same = equal(*sides)
        return None if same is None else same is (symbol == "==")
    return _of_numbers(symbol, _number(sides[0]), _number(sides[1]))


def equal(first: Located, second: Located) -> bool | None:
    """Are two values the same? None where that hangs on their types, which are not known here:
    a text equals no number, a list is no tuple, and both may have been converted."""
    values = [plain(first), plain(second)]
    if any(map(holds_deferred, values)):
        return None
    if None in values:
        return values[0] is values[1]
    if _as_converted(values[0]) != _as_converted(values[1]):
        return False
    is_scalar = not isinstance(values[0], list | dict)
    return True if is_scalar and isinstance(values[0], str) is isinstance(values[1], str) else None


def _as_converted(value: object) -> object:
    """The value with all its scalars as texts."""
    if isinstance(value, list):
        return [_as_converted(item) for item in value]
    if isinstance(value, dict):
        return {key: _as_converted(item) for key, item in value.items()}
    return value if value is None else scalar_text(value)


def holds_deferred(value: object) -> bool:
    """Is a part of a plain value deferred?"""
    if isinstance(value, dict):
        return any(map(holds_deferred, value.values()))
    if isinstance(value, list):
        return any(map(holds_deferred, value))
    return isinstance(value, DeferredText)


def _logical(wins: bool, first: bool | None, second: bool | None) -> bool | None:
    """`wins` is the value which alone decides: true for `||`, false for `&&`."""
    if wins in (first, second):
        return wins
    return None if None in (first, second) else not wins


def _number(value: Located) -> Number | None:
    content = value.value
    if isinstance(content, str):
        try:
            content = float(content)
        except ValueError:
            return None
    if isinstance(content, bool) or not isinstance(content, int | float):
        return None
    return content if abs(content) < _MAX_NUMBER else None


def _of_numbers(symbol: str, first: Number | None, second: Number | None) -> bool | Number | None:
    if first is None or second is None:
        return None
    if symbol in _COMPARISONS:
        return _COMPARISONS[symbol](first, second)
    if second == 0 and symbol not in _ARITHMETIC:
        return None
    return _exact(symbol, *(Fraction(str(number)) for number in (first, second)))


def _exact(symbol: str, first: Fraction, second: Fraction) -> Number | None:
    """Terraform counts in decimals; None for what a float does not hold."""
    if symbol in _ARITHMETIC:
        found = _ARITHMETIC[symbol](first, second)
    else:
        found = first / second if symbol == "/" else first - second * math.trunc(first / second)
    if found.denominator == 1:
        return found.numerator
    return float(found) if Fraction(str(float(found))) == found else None
