"""Policy variables: `${key}`, `${key, 'default'}`, and `${*}`, `${?}`, `${$}` for those characters.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from policy_gate.casing import folded
from policy_gate.reasoning.patterns import WILDCARDS, Token

_MAX_READ = 256
_VARIABLE = r"\$\{([^{}]+)\}"
_WITH_DEFAULT = r"(?s)\s*([^,]*?)\s*,\s*'(.*)'\s*"

Assignment: TypeAlias = "Mapping[str, str | None]"
"""The one value of each of some context keys, None where the request does not have it."""


class Variable(NamedTuple):
    """The place of a context value in a text."""

    key: str
    """In lower case."""

    default: str | None
    spelling: str
    """The key as written."""


class Template(NamedTuple):
    """A text with variables."""

    parts: tuple[Token | Variable, ...]
    is_broken: bool
    """Whether a `${` that opens no whole variable follows, of which nothing is known."""

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(part.key for part in self.parts if isinstance(part, Variable))

    @property
    def is_plain(self) -> bool:
        return not self.is_broken and not any(isinstance(part, Variable) for part in self.parts)

    def widest(self) -> list[Token]:
        """Tokens that match at least what the template can stand for."""
        tokens = [WILDCARDS["*"] if isinstance(part, Variable) else part for part in self.parts]
        return [*tokens, WILDCARDS["*"]] if self.is_broken else tokens

    def filled(self, values: Assignment) -> list[Token] | None:
        """The tokens with the values in place; None where one is missing and has no default."""
        tokens: list[Token] = []
        for part in self.parts:
            if not isinstance(part, Variable):
                tokens.append(part)
                continue
            value = values[part.key]
            value = part.default if value is None else value
            if value is None:
                return None
            tokens += value
        return tokens

    def read(self, text: str) -> dict[str, str]:
        """Values of its keys for which the template may stand for the text, if there are such."""
        pattern, names = "", []
        for part in self.parts:
            if isinstance(part, Variable) and part.key not in names:
                names.append(part.key)
                pattern += "(.+?)"
            elif isinstance(part, Variable):
                pattern += f"\\{names.index(part.key) + 1}"
            elif isinstance(part, str):
                pattern += re.escape(part)
            else:
                pattern += ".*?" if part.repeated else "."
        match = re.fullmatch(pattern, text[:_MAX_READ], re.DOTALL)
        return dict(zip(names, match.groups(), strict=True)) if match else {}


def template_of(text: str, tokens_of: Callable[[str], list[Token]]) -> Template:
    """The template of a text; `tokens_of` gives the tokens of what lies between variables."""
    parts: list[Token | Variable] = []
    position = 0
    for match in re.finditer(_VARIABLE, text):
        between = text[position : match.start()]
        if "${" in between:
            break
        parts += tokens_of(between)
        parts.append(_part(match.group(1)))
        position = match.end()
    rest, opening, _ = text[position:].partition("${")
    return Template((*parts, *tokens_of(rest)), is_broken=bool(opening))


def with_wildcards(text: str) -> str:
    """The text with `*` for every variable."""
    return re.sub(_VARIABLE, "*", text)


def _part(inside: str) -> Token | Variable:
    if inside in ("*", "?", "$"):
        return inside
    match = re.fullmatch(_WITH_DEFAULT, inside)
    if match:
        key, default = match.groups()
        return Variable(folded(key), default, key)
    return Variable(folded(inside.strip()), None, inside.strip())
