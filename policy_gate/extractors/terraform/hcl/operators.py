"""Operators of expressions. None stands for a result that is not known.

Source: https://developer.hashicorp.com/terraform/language/expressions/operators
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence

from policy_gate.extractors.terraform.values import Located, plain
from policy_gate.model import DeferredText

Number = int | float

_COMPARISONS: dict[str, Callable[[Number, Number], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC: dict[str, Callable[[Number, Number], Number]] = {
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
    """Are two values the same? A text never equals a number or a truth value in Terraform."""
    values = [plain(first), plain(second)]
    if any(map(holds_deferred, values)):
        return None
    kinds = [isinstance(value, bool) for value in values]
    return kinds[0] == kinds[1] and values[0] == values[1]


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
    if symbol in _ARITHMETIC:
        return _ARITHMETIC[symbol](first, second)
    if second == 0:
        return None
    quotient = first / second if symbol == "/" else math.fmod(first, second)
    return int(quotient) if float(quotient).is_integer() else quotient
