"""Policy variables in the texts that the evaluator matches.

Code of its own, apart from what the decision procedure does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from policy_gate.casing import folded

Context: TypeAlias = Mapping[str, Sequence[str]]
"""The values of each key of a request, by key in lower case."""

_VARIABLE = r"\$\{([^{}]+)\}"
_DEFAULT = r"(?s)(.*?),\s*'(.*)'"


def filled(text: str, context: Context) -> tuple[list[str], bool] | None:
    """The elements of a text with policy variables for `matching.glob_matches`.

    And whether the text ends in a `${` of which nothing is known. None where a variable has no
    value and no default. Raises ValueError where a variable has several values.
    """
    elements: list[str] = []
    position = 0
    for match in re.finditer(_VARIABLE, text):
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
    match = re.fullmatch(_DEFAULT, inside.strip())
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
