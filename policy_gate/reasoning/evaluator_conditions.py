"""Whether a request meets the conditions of a statement, for the evaluator.

None stands for what is open: an unknown operator, or a case that AWS does not document.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from policy_gate.casing import folded
from policy_gate.reasoning.evaluator_variables import Context, filled
from policy_gate.reasoning.kleene import all_of, any_of, negation
from policy_gate.reasoning.matching import glob_matches

_NAME = r"(?a)(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?"
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": operator.eq,
    "lessthan": operator.lt,
    "lessthanequals": operator.le,
    "greaterthan": operator.gt,
    "greaterthanequals": operator.ge,
}
_NEGATIONS = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
    "notipaddress": "ipaddress",
}
_SEGMENTS = 6

Match = Callable[[str, str], "bool | None"]
"""Whether a value of a policy and a value of a request match."""


def conditions_met(
    conditions: Mapping[str, Mapping[str, Any]], context: Context, variables: bool
) -> bool | None:
    """Whether all conditions of a statement are met."""
    return all_of(
        _is_met(folded(name), _texts(values), context.get(folded(key), ()), context, variables)
        for name, block in conditions.items()
        for key, values in block.items()
    )


def _texts(values: Any) -> list[str]:
    items = values if isinstance(values, list) else [values]
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in items]


def _is_met(
    name: str, wanted: list[str], present: Sequence[str], context: Context, variables: bool
) -> bool | None:
    parsed = re.fullmatch(_NAME, name)
    if not parsed:
        return None
    quantifier, base, if_exists = parsed.groups()
    if name == "null":
        return _null(wanted, bool(present))
    negated = base in _NEGATIONS
    match = _matcher(_NEGATIONS.get(base, base), context, variables)
    if match is None:
        return None

    def passes(value: str) -> bool | None:
        met = any_of(match(text, value) for text in wanted)
        return negation(met) if negated else met

    if quantifier == "forallvalues":
        return all_of(map(passes, present))
    if not present:
        return bool(if_exists) or (negated and not quantifier)
    is_open = not quantifier and len(present) > 1
    return None if is_open else any_of(map(passes, present))


def _null(wanted: list[str], is_present: bool) -> bool | None:
    answers = {"true": not is_present, "false": is_present}
    return any_of(answers.get(folded(text)) for text in wanted)


def _matcher(base: str, context: Context, variables: bool) -> Match | None:
    """How an operator, without its negation, matches; None where there is no such operator."""
    if base == "binaryequals":
        return lambda text, value: text == value
    if base.startswith(("ipaddress", "numeric", "date")):
        return _typed_matcher(base)
    texts = {
        "stringequals": _same,
        "stringequalsignorecase": _same_without_case,
        "stringlike": glob_matches,
        "arnequals": _arn_like,
        "arnlike": _arn_like,
        "bool": _same_bool,
    }
    compare = texts.get(base)
    return compare and _with_variables(compare, context, variables)


def _typed_matcher(base: str) -> Match | None:
    from policy_gate.reasoning.evaluator_values import in_network, instant, number

    if base == "ipaddress":
        return in_network
    kind = "numeric" if base.startswith("numeric") else "date"
    relates = _COMPARISONS.get(base.removeprefix(kind))
    return relates and _compared(number if kind == "numeric" else instant, relates)


def _compared(read: Callable[[str], Any], relates: Callable[[Any, Any], bool]) -> Match:
    def match(text: str, value: str) -> bool | None:
        limit, given = read(text), read(value)
        if limit is None:
            return None
        return given is not None and relates(given, limit)

    return match


def _with_variables(
    compare: Callable[[Sequence[str], str], bool | None], context: Context, variables: bool
) -> Match:
    def match(text: str, value: str) -> bool | None:
        if not variables or "${" not in text:
            return compare(list(text), value)
        try:
            elements = filled(text, context)
        except ValueError:
            return None
        if elements is None:
            return False
        if elements[1]:
            return None
        if compare is _arn_like and any(element == "=:" for element in elements[0]):
            return None
        return compare(elements[0], value)

    return match


def _plain(elements: Sequence[str]) -> str:
    return "".join(element[-1] for element in elements)


def _same(elements: Sequence[str], value: str) -> bool:
    return _plain(elements) == value


def _same_without_case(elements: Sequence[str], value: str) -> bool:
    return folded(_plain(elements)) == folded(value)


def _same_bool(elements: Sequence[str], value: str) -> bool | None:
    text = folded(_plain(elements))
    return text == folded(value) if text in ("true", "false") else None


def _arn_like(elements: Sequence[str], value: str) -> bool | None:
    """Six segments, matched one by one; a wildcard at the end of fewer matches those that follow.

    It is open whether a pattern of fewer segments matches what it matches as a plain text.
    """
    pattern: list[list[str]] = [[]]
    for element in elements:
        if element == ":" and len(pattern) < _SEGMENTS:
            pattern.append([])
        else:
            pattern[-1].append(element)
    segments = value.split(":", _SEGMENTS - 1)
    open_end = len(pattern) < _SEGMENTS and pattern[-1][-1:] == ["*"]
    if len(segments) == _SEGMENTS and (len(pattern) == _SEGMENTS or open_end):
        pairs = zip(pattern, segments, strict=False)
        if all(glob_matches(part, segment) for part, segment in pairs):
            return True
    if len(pattern) < _SEGMENTS and glob_matches(elements, value):
        return None
    return False
