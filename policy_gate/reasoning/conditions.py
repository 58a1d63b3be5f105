"""Conditions as literals over the values of their keys.

Each condition comes down to parts that must all hold; a part is a list of literals of which one
must hold. A value with a policy variable is an atom of its own, so that the same text on both
sides of a comparison cancels.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from policy_gate.casing import folded
from policy_gate.reasoning.atoms import (
    Clause,
    Holds,
    Literal,
    Open,
    Test,
    present,
)
from policy_gate.reasoning.document import Condition
from policy_gate.reasoning.language import Language
from policy_gate.reasoning.operators import Kind, Operator, operator_of
from policy_gate.reasoning.patterns import (
    ARN_SEGMENTS,
    WILDCARDS,
    Pattern,
    Token,
    pattern_of,
    tokens_of,
    within_segments,
    without_case,
)
from policy_gate.reasoning.variables import Assignment, Template, template_of, with_wildcards


class _Entry(NamedTuple):
    """What one value of a condition matches: at least `lower`, at most `upper`."""

    text: str
    lower: Pattern | None
    upper: Pattern
    template: Template | None = None


def parts_of(condition: Condition) -> list[Clause]:
    """The parts of a condition."""
    operator = operator_of(condition.operator)
    if operator is None:
        return [(_opaque(condition),)]
    if operator.kind == "null":
        return _null(condition)
    if operator.kind in ("numeric", "date", "ip"):
        return _existence(condition, operator, _typed_test(operator, condition.values), [])
    if operator.kind == "bool" and not _is_boolean(condition):
        return [(_opaque(condition),)]
    entries = [_entry(value, operator, condition.variables) for value in condition.values]
    exact = Language(entry.upper for entry in entries if entry.lower == entry.upper)
    opens = [entry for entry in entries if entry.lower != entry.upper]
    return _existence(condition, operator, exact, opens)


def _opaque(condition: Condition) -> Literal:
    return Literal(Open(("condition", condition), _question(condition)), True)


def _question(condition: Condition) -> str:
    return f"the condition on {condition.spelling} decides"


def _null(condition: Condition) -> list[Clause]:
    wanted = {folded(value) for value in condition.values}
    if not wanted <= {"true", "false"}:
        return [(_opaque(condition),)]
    if len(wanted) == 2:
        return []
    return [tuple(Literal(present(condition.key).atom, value == "false") for value in wanted)]


def _is_boolean(condition: Condition) -> bool:
    return all(
        folded(value) in ("true", "false") or (condition.variables and "${" in value)
        for value in condition.values
    )


def _typed_test(operator: Operator, values: Iterable[str]) -> Test:
    from policy_gate.reasoning.values import Compared, InNetwork, network_of, number_of, seconds_of

    if operator.kind == "ip":
        return InNetwork(tuple(filter(None, map(network_of, values))))
    read = number_of if operator.kind == "numeric" else seconds_of
    numbers = tuple(number for value in values if (number := read(value)) is not None)
    return Compared(operator.kind, operator.comparison, numbers)


def _existence(
    condition: Condition, operator: Operator, exact: Test, opens: Sequence[_Entry]
) -> list[Clause]:
    """That some value matches or, by operator, that none does, all do, or some does not."""
    key = condition.key
    if operator.quantifier and operator.negated is (operator.quantifier == "any"):
        absent = operator.if_exists and operator.quantifier == "any"
        fails = _some_value_fails(condition, operator.kind, absent, exact, opens)
        return [(Literal(fails, operator.quantifier == "any"),)]
    positive = not operator.negated
    absent = operator.if_exists and positive
    literals = [Literal(_holds_entry(condition, operator.kind, entry), positive) for entry in opens]
    if absent or not opens or not isinstance(exact, Language) or exact.patterns:
        literals.insert(0, Literal(Holds(key, exact, absent=absent), positive))
    return [tuple(literals)] if positive else [(literal,) for literal in literals]


def _holds_entry(condition: Condition, kind: Kind, entry: _Entry) -> Open:
    """That some value of the key matches one value of the condition."""
    key = condition.key
    return Open(
        ("value", key, kind, entry.text, entry.lower, entry.upper),
        _question(condition),
        (_holds(key, entry.lower) if entry.lower else None, _holds(key, entry.upper)),
        (entry.template,) if entry.template else (),
        partial(_settle_entry, key, kind, entry) if entry.template else None,
    )


def _holds(key: str, pattern: Pattern) -> Literal:
    return Literal(Holds(key, Language([pattern])), True)


def _settle_entry(key: str, kind: Kind, entry: _Entry, values: Assignment) -> Literal | bool | None:
    lower, upper = _settled(kind, entry, values)
    if lower != upper:
        return None
    return False if lower is None else _holds(key, lower)


def _some_value_fails(
    condition: Condition, kind: Kind, absent: bool, exact: Test, opens: Sequence[_Entry]
) -> Holds | Open:
    """That some value of the key matches no value of the condition."""
    key = condition.key
    if not opens or not isinstance(exact, Language):
        return Holds(key, exact, negated=True, absent=absent)

    def outside(patterns: Iterable[Pattern | None]) -> Literal:
        matched = Language([*exact.patterns, *filter(None, patterns)])
        return Literal(Holds(key, matched, negated=True, absent=absent), True)

    def settle(values: Assignment) -> Literal | bool | None:
        settled = [_settled(kind, entry, values) for entry in opens]
        if any(lower != upper for lower, upper in settled):
            return None
        return outside(upper for _, upper in settled)

    return Open(
        ("some value fails", condition, absent),
        _question(condition),
        (outside(entry.upper for entry in opens), outside(entry.lower for entry in opens)),
        tuple(entry.template for entry in opens if entry.template),
        settle if all(entry.template for entry in opens) else None,
    )


def _entry(value: str, operator: Operator, variables: bool) -> _Entry:
    if variables and operator.variables and "${" in value:
        template = template_of(value, _tokens_of(operator.kind))
        if not template.is_plain:
            return _Entry(value, None, _widest(operator.kind, value, template), template)
        tokens = template.filled({}) or []
    else:
        tokens = _tokens_of(operator.kind)(value)
    return _Entry(value, *_bounds(operator.kind, value, tokens))


def _widest(kind: Kind, text: str, template: Template) -> Pattern:
    tokens = template.widest()
    tokens = without_case(tokens) if kind in ("no case", "bool") else tokens
    return pattern_of(with_wildcards(text), tokens)


def _settled(
    kind: Kind, entry: _Entry, values: Assignment
) -> tuple[Pattern | None, Pattern | None]:
    """The bounds of an entry when its variables have values; both None where it matches nothing."""
    if entry.template is None or entry.template.is_broken:
        return entry.lower, entry.upper
    if kind == "arn" and any(":" in (values[key] or "") for key in entry.template.keys):
        # It is open whether the colons of a value part segments.
        return entry.lower, entry.upper
    tokens = entry.template.filled(values)
    return (None, None) if tokens is None else _bounds(kind, entry.text, tokens)


def _tokens_of(kind: Kind) -> Callable[[str], list[Token]]:
    return tokens_of if kind in ("like", "arn") else list


def _bounds(kind: Kind, text: str, tokens: list[Token]) -> tuple[Pattern | None, Pattern]:
    """What a value without variables matches."""
    if kind in ("no case", "bool"):
        return (exact := pattern_of(text, without_case(tokens))), exact
    free = pattern_of(text, tokens)
    if kind != "arn":
        return free, free
    missing = ARN_SEGMENTS - 1 - tokens.count(":")
    if missing <= 0:
        return (narrow := pattern_of(text, within_segments(tokens))), narrow
    if not tokens or tokens[-1] != WILDCARDS["*"]:
        return None, free
    # A `*` at the end matches all segments that follow, of which an ARN has six.
    following: list[Token] = [":", WILDCARDS["*"]]
    return pattern_of(text, within_segments([*tokens, *following * missing])), free
