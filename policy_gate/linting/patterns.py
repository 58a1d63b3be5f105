"""Wildcard patterns compared as texts: what `*` and `?` cover, variables taken literally.

This is how ValidatePolicy finds redundancy. It is not what a pattern matches in a request, where
the wildcards of an ARN stop at colons.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_VARIABLE = re.compile(r"\$\{[^{}]*\}")
_CHARACTERS = ("${*}", "${?}", "${$}")
_TOKENS = re.compile(r"\$\{[^{}]*\}|[*?]")
_KEPT = 512
_MAX_COMPARISONS = 1_000_000
_MAX_CHARACTERS = 50_000


def without_variables(text: str) -> str:
    """The text with `*` for each policy variable: it covers all that the text can stand for."""
    return _VARIABLE.sub("*", text)


def has_variable(text: str) -> bool:
    """Whether a policy variable as `${aws:username}` stands in the text; `${*}` is none."""
    return any(match.group() not in _CHARACTERS for match in _VARIABLE.finditer(text))


def has_wildcard(text: str) -> bool:
    """Whether `*` or `?` stands in the text outside a policy variable."""
    if "${" not in text:
        return "*" in text or "?" in text
    return any(token in ("*", "?") for token in _TOKENS.findall(text))


def is_star(text: str) -> bool:
    """Whether the text is nothing but `*`, once or more: it covers any text."""
    return text != "" and text.strip("*") == ""


def is_literal(text: str) -> bool:
    """Whether the text holds no wildcard and no policy variable, whole or broken."""
    return "${" not in text and not has_wildcard(text)


def wildcard_pattern(text: str) -> re.Pattern[str]:
    """A pattern whose `fullmatch` tells what the text covers. Matching does not backtrack."""
    return _compiled(text) if len(text) <= _KEPT else _compiled.__wrapped__(text)


@lru_cache(maxsize=4096)
def _compiled(text: str) -> re.Pattern[str]:
    pieces = [""]
    end = 0
    for token in _TOKENS.finditer(text):
        pieces[-1] += re.escape(text[end : token.start()])
        end = token.end()
        if token.group() == "*":
            pieces.append("")
        else:
            pieces[-1] += "." if token.group() == "?" else re.escape(token.group())
    pieces[-1] += re.escape(text[end:])
    first, *middle, last = pieces if len(pieces) > 1 else (*pieces, "")
    # The first place where a middle piece fits leaves the most room for the rest.
    stars = "".join(f"(?>.*?{piece})" for piece in middle if piece)
    rest = f"{stars}.*{last}" if len(pieces) > 1 else ""
    return re.compile(first + rest, re.DOTALL)


def overlap(first: str, second: str) -> bool:
    """Is there a text that both cover, where `*` and `?` are the only wildcards?"""
    states, seen = [(0, 0)], {(0, 0)}
    while states:
        i, j = states.pop()
        left, right = first[i : i + 1], second[j : j + 1]
        if not left and not right:
            return True
        following = []
        if "*" in (left, right):
            # The star ends here, or takes one more character of the other side.
            following = [(i + 1, j)] * bool(left) + [(i, j + 1)] * bool(right)
        elif left and right and (left == right or "?" in (left, right)):
            following = [(i + 1, j + 1)]
        states += [state for state in following if state not in seen]
        seen.update(following)
    return False


def covering_groups(texts: Sequence[str]) -> list[list[int]]:
    """The indexes of the texts that cover one another, directly or through others.

    Equal texts cover one another. Groups and their members are in the order of `texts`. Too many
    texts, more than any policy that AWS takes can hold, have no answer: an empty list.
    """
    first: dict[str, int] = {}
    leader = [first.setdefault(text, index) for index, text in enumerate(texts)]
    patterns = [text for text in first if has_wildcard(text)]
    if len(patterns) * len(first) > _MAX_COMPARISONS or sum(map(len, first)) > _MAX_CHARACTERS:
        return []

    def find(index: int) -> int:
        while leader[index] != index:
            leader[index] = leader[leader[index]]
            index = leader[index]
        return index

    for text in patterns:
        matches = wildcard_pattern(text).fullmatch
        for other, index in first.items():
            if matches(other):
                leader[find(index)] = find(first[text])
    groups: dict[int, list[int]] = {}
    for index in range(len(texts)):
        groups.setdefault(find(index), []).append(index)
    return [group for group in groups.values() if len(group) > 1]
